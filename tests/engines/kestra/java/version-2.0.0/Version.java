import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.executions.LogEntry;
import io.kestra.core.models.executions.LoopRun;
import io.kestra.core.models.executions.TaskRun;
import io.kestra.core.models.flows.Flow;
import io.kestra.core.queues.DispatchQueueInterface;
import io.kestra.core.repositories.LogDataStoreInterface;
import io.kestra.core.services.ExecutionOutputService;
import io.kestra.core.services.ExecutionService;
import io.kestra.core.services.TaskOutputService;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.type.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls that differ between engine versions, as 2.0.0 has them. */
final class Version {
    private final ApplicationContext context;

    Version(ApplicationContext context) {
        this.context = context;
    }

    static void configure(Map<String, Object> properties, int workerPort) {
        properties.put("kestra.controller.port", String.valueOf(workerPort));
        properties.put("kestra.worker.controllers.type", "STATIC");
        properties.put("kestra.worker.controllers.static.endpoints", List.of(Map.of("host", "127.0.0.1", "port", workerPort)));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    void emit(Execution execution) throws Exception {
        var type = (Argument<DispatchQueueInterface<Execution>>) (Argument) Argument.of(DispatchQueueInterface.class, Execution.class);
        context.getBean(type).emit(execution);
    }

    List<LogEntry> logs(String execution) {
        return context.getBean(LogDataStoreInterface.class).findByExecutionId(Engine.TENANT, execution, null);
    }

    Map<String, Object> outputs(TaskRun task) throws Exception {
        return context.getBean(TaskOutputService.class).getOutputs(task);
    }

    Map<String, Object> outputs(Execution execution) throws Exception {
        return context.getBean(ExecutionOutputService.class).getOutputs(execution);
    }

    /** The iterations an execution stands for, outermost first: 2.0 runs each iteration of a Loop as an execution. */
    List<Integer> iterations(Execution execution) {
        List<Integer> found = new ArrayList<>();
        LoopRun loop = execution.getLoopRun();
        if (loop == null) return found;
        if (loop.parents() != null) for (var parent : loop.parents()) found.add(parent.index());
        found.add(loop.index());
        return found;
    }

    String parent(Execution execution) {
        LoopRun loop = execution.getLoopRun();
        return loop == null || loop.parent() == null ? null : loop.parent().getId();
    }

    Execution restart(Execution execution, Flow flow) throws Exception {
        return context.getBean(ExecutionService.class).restart(execution, flow, null);
    }

    Execution replay(Execution execution, Flow flow, String taskRun) throws Exception {
        return context.getBean(ExecutionService.class).replay(execution, flow, taskRun, null, Optional.empty());
    }
}
