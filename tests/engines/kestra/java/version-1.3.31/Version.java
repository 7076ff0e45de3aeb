import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.executions.LogEntry;
import io.kestra.core.models.executions.TaskRun;
import io.kestra.core.models.flows.Flow;
import io.kestra.core.queues.QueueFactoryInterface;
import io.kestra.core.queues.QueueInterface;
import io.kestra.core.repositories.LogRepositoryInterface;
import io.kestra.core.services.ExecutionService;
import io.micronaut.context.ApplicationContext;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.util.List;
import java.util.Map;

/** The calls that differ between engine versions, as 1.3.31 has them. */
final class Version {
    private final ApplicationContext context;

    Version(ApplicationContext context) {
        this.context = context;
    }

    static void configure(Map<String, Object> properties, int workerPort) {
        properties.put("flyway.datasources.h2.enabled", "true");
        properties.put("flyway.datasources.h2.locations", List.of("classpath:migrations/h2"));
        properties.put("flyway.datasources.h2.ignore-migration-patterns", "*:missing,*:future");
        properties.put("flyway.datasources.h2.out-of-order", "true");
    }

    @SuppressWarnings("unchecked")
    void emit(Execution execution) throws Exception {
        ((QueueInterface<Execution>) context.getBean(QueueInterface.class, Qualifiers.byName(QueueFactoryInterface.EXECUTION_NAMED))).emit(execution);
    }

    List<LogEntry> logs(String execution) {
        return context.getBean(LogRepositoryInterface.class).findByExecutionId(Engine.TENANT, execution, null);
    }

    Map<String, Object> outputs(TaskRun task) {
        return task.getOutputs();
    }

    Map<String, Object> outputs(Execution execution) {
        return execution.getOutputs();
    }

    List<Integer> iterations(Execution execution) {
        return List.of();
    }

    String parent(Execution execution) {
        return null;
    }

    Execution restart(Execution execution, Flow flow) throws Exception {
        return context.getBean(ExecutionService.class).restart(execution, null);
    }

    Execution replay(Execution execution, Flow flow, String taskRun) throws Exception {
        return context.getBean(ExecutionService.class).replay(execution, flow, taskRun, null);
    }
}
