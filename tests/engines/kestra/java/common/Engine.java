import com.fasterxml.jackson.databind.ObjectMapper;
import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.executions.ExecutionTrigger;
import io.kestra.core.models.executions.LogEntry;
import io.kestra.core.models.executions.TaskRun;
import io.kestra.core.models.flows.Flow;
import io.kestra.core.models.flows.FlowSource;
import io.kestra.core.models.flows.State;
import io.kestra.core.models.validations.ValidateConstraintViolation;
import io.kestra.core.repositories.ExecutionRepositoryInterface;
import io.kestra.core.repositories.FlowRepositoryInterface;
import io.kestra.core.runners.FlowInputOutput;
import io.kestra.core.runners.TestRunner;
import io.kestra.core.secret.SecretService;
import io.kestra.core.serializers.JacksonMapper;
import io.kestra.core.services.ExecutionService;
import io.kestra.core.services.FlowService;
import io.kestra.core.services.KVStoreService;
import io.kestra.core.storages.kv.KVStore;
import io.kestra.core.storages.kv.KVValueAndMetadata;
import io.kestra.plugin.core.flow.Pause;
import io.micronaut.context.ApplicationContext;
import io.micronaut.data.model.Pageable;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The real engine in this JVM (executor, worker, scheduler, H2 in memory): deploys flows, runs them, shows what happened. */
final class Engine {
    static final String TENANT = "main";

    private final ApplicationContext context;
    private final Version version;
    private final FlowService flows;
    private final FlowRepositoryInterface flowStore;
    private final ExecutionRepositoryInterface executions;
    private Map<String, String> original;

    Engine(Path home, int workerPort) throws Exception {
        Files.createDirectories(home.resolve("storage"));
        Files.createDirectories(home.resolve("tmp"));
        context = ApplicationContext.builder().environments("wfc").deduceEnvironment(false).properties(properties(home, workerPort)).start();
        version = new Version(context);
        flows = context.getBean(FlowService.class);
        flowStore = context.getBean(FlowRepositoryInterface.class);
        executions = context.getBean(ExecutionRepositoryInterface.class);
        TestRunner runner = context.getBean(TestRunner.class);
        runner.setWorkerThread(16);
        runner.run();
    }

    private static Map<String, Object> properties(Path home, int workerPort) {
        Map<String, Object> all = new HashMap<>();
        // With -Dwfc.database=HOST:PORT of an H2 server a JVM that is killed and started again in the same folder finds what it had, and soon sees who is dead.
        String server = System.getProperty("wfc.database");
        String place = server == null ? "mem:public" : "tcp://" + server + "/mem:public";
        all.put("datasources.h2.url", "jdbc:h2:" + place + ";TIME ZONE=UTC;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE");
        if (server != null) {
            all.put("kestra.server.liveness.interval", "1s");
            all.put("kestra.server.liveness.timeout", "5s");
            all.put("kestra.server.liveness.initial-delay", "1s");
            all.put("kestra.server.liveness.heartbeat-interval", "1s");
            // Tasks of a dead worker are run again once its grace period is over (five minutes unless said).
            all.put("kestra.server.termination-grace-period", "2s");
        }
        all.put("datasources.h2.username", "sa");
        all.put("datasources.h2.password", "");
        all.put("datasources.h2.driver-class-name", "org.h2.Driver");
        all.put("kestra.server-type", "STANDALONE");
        all.put("kestra.queue.type", "h2");
        all.put("kestra.repository.type", "h2");
        all.put("kestra.storage.type", "local");
        all.put("kestra.storage.local.base-path", home.resolve("storage").toString());
        all.put("kestra.tasks.tmp-dir.path", home.resolve("tmp").toString());
        // Short polls while something runs, as a test waits for every hand-over; long ones when idle, to leave the machine to others.
        all.put("kestra.jdbc.queues.min-poll-interval", "20ms");
        all.put("kestra.jdbc.queues.max-poll-interval", "250ms");
        all.put("kestra.jdbc.queues.poll-switch-interval", "3s");
        all.put("kestra.anonymous-usage-report.enabled", "false");
        all.put("kestra.encryption.secret-key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        all.put("kestra.server.service.purge.initial-delay", "1h");
        all.put("kestra.server.service.purge.fixed-delay", "1h");
        all.put("kestra.server.service.purge.retention", "30d");
        all.put("kestra.url", "http://127.0.0.1/");
        all.put("jackson.serialization.write-dates-as-timestamps", "false");
        Version.configure(all, workerPort);
        return all;
    }

    /** What the engine's own validator says, one entry per source, in the order given. */
    List<ValidateConstraintViolation> validate(List<String> sources) {
        List<FlowSource> all = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) all.add(new FlowSource(String.valueOf(i), sources.get(i)));
        return flows.validate(TENANT, all);
    }

    /** Saves flows. The service that saves does not validate, the absent web layer would: so this does. */
    Object deploy(List<String> sources) throws Exception {
        for (var checked : validate(sources)) {
            if (checked.getConstraints() != null) throw new IllegalArgumentException(checked.getConstraints());
        }
        List<String> ids = new ArrayList<>();
        for (String source : sources) ids.add(flows.importFlow(TENANT, source).getId());
        return ids;
    }

    /** Removes the flows of a namespace, and with them their triggers. */
    Object remove(String namespace) {
        var found = flowStore.findByNamespaceWithSource(TENANT, namespace);
        for (var flow : found) flows.delete(flow);
        return found.size();
    }

    /** Replaces every secret the engine knows. The engine reads them from its environment once, which a started JVM cannot change. */
    Object secrets(Map<String, String> values) throws Exception {
        Map<String, String> upper = new HashMap<>();
        values.forEach((name, value) -> upper.put(name.toUpperCase(Locale.ROOT), value));
        Field field = SecretService.class.getDeclaredField("decodedSecrets");
        field.setAccessible(true);
        field.set(context.getBean(SecretService.class), upper);
        return upper.size();
    }

    /** Puts texts into the key-value store of a namespace, which must have a flow. */
    Object kv(String namespace, Map<String, String> values) throws Exception {
        KVStore store = context.getBean(KVStoreService.class).get(TENANT, namespace, null);
        for (var entry : values.entrySet()) store.put(entry.getKey(), new KVValueAndMetadata(null, entry.getValue()));
        return values.size();
    }

    /** Replaces the variables that tests added to the environment of script tasks, which inherit the environment of this JVM. */
    @SuppressWarnings("unchecked")
    Object environment(Map<String, String> values) throws Exception {
        Field holder = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theUnmodifiableEnvironment");
        holder.setAccessible(true);
        Object unmodifiable = holder.get(null);
        Field inner = unmodifiable.getClass().getDeclaredField("m");
        inner.setAccessible(true);
        Map<String, String> environment = (Map<String, String>) inner.get(unmodifiable);
        if (original == null) original = Map.copyOf(environment);
        environment.keySet().retainAll(original.keySet());
        environment.putAll(original);
        environment.putAll(values);
        return environment.size();
    }

    /** Starts a flow; `trigger`: what a trigger would hand on to it, or null. */
    Object start(String namespace, String id, Map<String, Object> inputs, Map<String, Object> trigger) throws Exception {
        Flow flow = flowStore.findById(TENANT, namespace, id, Optional.empty()).orElseThrow();
        FlowInputOutput reader = context.getBean(FlowInputOutput.class);
        Execution execution = Execution.newExecution(flow, (f, e) -> reader.readExecutionInputs(f, e, inputs), List.of(), Optional.empty());
        if (trigger != null) {
            execution = execution.withTrigger(ExecutionTrigger.builder().id("event").type("test").variables(trigger).build());
        }
        version.emit(execution);
        return execution.getId();
    }

    /** Waits until an execution has ended, or holds at an approval when `approvals` is set; answers its state either way. */
    Object await(String id, boolean approvals, Duration limit) throws Exception {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<Execution> found = executions.findById(TENANT, id);
            boolean over = System.nanoTime() > end;
            if (found.isPresent()) {
                State state = found.get().getState();
                List<String> asked = approvals && state.isPaused() ? approvals(found.get()) : List.of();
                if (over || state.isTerminated() || !asked.isEmpty()) {
                    return Map.of("state", state.getCurrent().name(), "ended", state.isTerminated(), "approvals", asked);
                }
            } else if (over) {
                return Map.of("state", "UNKNOWN", "ended", false, "approvals", List.of());
            }
            Thread.sleep(15);
        }
    }

    /** Ids of the Pause tasks an execution holds at; LoopUntil also shows PAUSED, between two looks. */
    private List<String> approvals(Execution execution) {
        Flow flow = flowStore.findByExecution(execution);
        List<String> found = new ArrayList<>();
        for (TaskRun run : execution.getTaskRunList()) {
            if (run.getState().isPaused() && flow.allTasksWithChilds().stream().anyMatch(t -> t.getId().equals(run.getTaskId()) && t instanceof Pause)) {
                found.add(run.getTaskId());
            }
        }
        return found;
    }

    Object resume(String id, Map<String, Object> answers) throws Exception {
        Execution execution = executions.findById(TENANT, id).orElseThrow();
        Flow flow = flowStore.findByExecution(execution);
        version.emit(context.getBean(ExecutionService.class).resume(execution, flow, State.Type.RUNNING, answers, Pause.Resumed.now()));
        return id;
    }

    Object restart(String id) throws Exception {
        Execution execution = executions.findById(TENANT, id).orElseThrow();
        Execution again = version.restart(execution, flowStore.findByExecution(execution));
        version.emit(again);
        return again.getId();
    }

    Object replay(String id, String task) throws Exception {
        Execution execution = executions.findById(TENANT, id).orElseThrow();
        String run = task == null ? null : execution.findTaskRunsByTaskId(task).getFirst().getId();
        Execution again = version.replay(execution, flowStore.findByExecution(execution), run);
        version.emit(again);
        return again.getId();
    }

    Object kill(String id) throws Exception {
        Execution execution = executions.findById(TENANT, id).orElseThrow();
        version.emit(context.getBean(ExecutionService.class).kill(execution, flowStore.findByExecution(execution)));
        return id;
    }

    /** Every execution of every flow of a namespace: subflows and the iterations of a 2.0 Loop are executions of their own. */
    Object view(String namespace) throws Exception {
        List<Object> all = new ArrayList<>();
        for (Flow flow : flowStore.findByNamespace(TENANT, namespace)) {
            for (Execution execution : executions.findByFlowId(TENANT, namespace, flow.getId(), Pageable.from(1, 500))) all.add(show(execution));
        }
        return all;
    }

    private Map<String, Object> show(Execution execution) throws Exception {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", execution.getId());
        shown.put("flow", execution.getFlowId());
        shown.put("state", execution.getState().getCurrent().name());
        shown.put("ended", execution.getState().isTerminated());
        shown.put("history", execution.getState().getHistories().stream().map(h -> h.getState().name()).toList());
        shown.put("start", String.valueOf(execution.getState().getStartDate()));
        shown.put("iterations", version.iterations(execution));
        shown.put("parent", version.parent(execution));
        shown.put("trigger", execution.getTrigger() == null ? null : execution.getTrigger().getVariables());
        shown.put("inputs", execution.getInputs());
        shown.put("outputs", version.outputs(execution));
        List<Object> tasks = new ArrayList<>();
        if (execution.getTaskRunList() != null) for (TaskRun run : execution.getTaskRunList()) tasks.add(show(run));
        shown.put("tasks", tasks);
        List<Object> logs = new ArrayList<>();
        for (LogEntry entry : version.logs(execution.getId())) logs.add(show(entry));
        shown.put("logs", logs);
        return shown;
    }

    private Map<String, Object> show(TaskRun run) throws Exception {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("run", run.getId());
        shown.put("task", run.getTaskId());
        shown.put("parent", run.getParentTaskRunId());
        shown.put("value", run.getValue());
        shown.put("iteration", run.getIteration());
        shown.put("state", run.getState().getCurrent().name());
        shown.put("attempts", run.getAttempts() == null ? List.of() : run.getAttempts().stream().map(a -> a.getState().getCurrent().name()).toList());
        shown.put("start", String.valueOf(run.getState().getStartDate()));
        shown.put("end", run.getState().getEndDate().map(String::valueOf).orElse(null));
        shown.put("outputs", version.outputs(run));
        return shown;
    }

    private static Map<String, Object> show(LogEntry entry) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("time", String.valueOf(entry.getTimestamp()));
        shown.put("level", String.valueOf(entry.getLevel()));
        shown.put("run", entry.getTaskRunId());
        shown.put("message", entry.getMessage());
        return shown;
    }

    static ObjectMapper mapper() {
        return JacksonMapper.ofJson();
    }
}
