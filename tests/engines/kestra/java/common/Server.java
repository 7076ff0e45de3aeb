import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * A loopback HTTP front of the engine: POST /NAME with a JSON object, answered by JSON (422 with `error` when the engine refused).
 * Arguments: home folder, port of the engine's own worker channel. The front's port is written to HOME/port when all is ready.
 */
public final class Server {
    private interface Call {
        Object answer(Map<String, Object> request) throws Exception;
    }

    private static ObjectMapper json;

    public static void main(String[] arguments) throws Exception {
        endWithParent();
        Path home = Path.of(arguments[0]);
        Engine engine = new Engine(home, Integer.parseInt(arguments[1]));
        json = Engine.mapper();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        routes(server, engine);
        server.start();
        Files.writeString(home.resolve("port.new"), String.valueOf(server.getAddress().getPort()));
        Files.move(home.resolve("port.new"), home.resolve("port"));
    }

    /** Standard input is a pipe from the tests: its end means they are gone, however they went. */
    private static void endWithParent() {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (java.io.IOException ended) {
                System.err.println("standard input: " + ended);
            }
            Runtime.getRuntime().halt(0);
        });
    }

    @SuppressWarnings("unchecked")
    private static void routes(HttpServer server, Engine engine) {
        on(server, "validate", r -> engine.validate((List<String>) r.get("sources")));
        on(server, "deploy", r -> engine.deploy((List<String>) r.get("sources")));
        on(server, "remove", r -> engine.remove(text(r, "namespace")));
        on(server, "secrets", r -> engine.secrets((Map<String, String>) r.get("values")));
        on(server, "environment", r -> engine.environment((Map<String, String>) r.get("values")));
        on(server, "kv", r -> engine.kv(text(r, "namespace"), (Map<String, String>) r.get("values")));
        on(server, "start", r -> engine.start(text(r, "namespace"), text(r, "flow"), (Map<String, Object>) r.get("inputs"), (Map<String, Object>) r.get("trigger")));
        on(server, "await", r -> engine.await(text(r, "id"), (boolean) r.get("approvals"), Duration.ofMillis(((Number) r.get("milliseconds")).longValue())));
        on(server, "resume", r -> engine.resume(text(r, "id"), (Map<String, Object>) r.get("answers")));
        on(server, "restart", r -> engine.restart(text(r, "id")));
        on(server, "replay", r -> engine.replay(text(r, "id"), text(r, "task")));
        on(server, "kill", r -> engine.kill(text(r, "id")));
        on(server, "view", r -> engine.view(text(r, "namespace")));
    }

    private static String text(Map<String, Object> request, String key) {
        return (String) request.get(key);
    }

    @SuppressWarnings("unchecked")
    private static void on(HttpServer server, String name, Call call) {
        server.createContext("/" + name, exchange -> {
            try {
                respond(exchange, 200, call.answer(json.readValue(exchange.getRequestBody(), Map.class)));
            } catch (Throwable error) {
                respond(exchange, 422, Map.of("error", error.getClass().getName() + ": " + error.getMessage()));
            }
        });
    }

    private static void respond(HttpExchange exchange, int code, Object answer) throws java.io.IOException {
        byte[] body = json.writeValueAsBytes(answer);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
