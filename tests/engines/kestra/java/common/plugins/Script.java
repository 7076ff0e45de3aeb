package io.kestra.plugin.scripts.python;

import io.kestra.core.models.annotations.Plugin;
import io.kestra.core.models.property.Property;
import io.kestra.core.models.tasks.RunnableTask;
import io.kestra.core.runners.RunContext;
import io.kestra.plugin.scripts.exec.AbstractExecScript;
import io.kestra.plugin.scripts.exec.scripts.models.ScriptOutput;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Stands in for the python plugin's Script, which is not on Maven Central: the same fields over the engine's own base class. */
@Plugin
public class Script extends AbstractExecScript implements RunnableTask<ScriptOutput> {
    protected Property<String> containerImage = Property.ofValue("python:3.13-slim");
    protected Property<List<String>> dependencies;

    @NotNull
    protected Property<String> script;

    public Property<String> getContainerImage() {
        return containerImage;
    }

    public Property<List<String>> getDependencies() {
        return dependencies;
    }

    public Property<String> getScript() {
        return script;
    }

    @Override
    public ScriptOutput run(RunContext context) throws Exception {
        var commands = this.commands(context);
        Path file = context.workingDir().createTempFile(".py");
        Files.writeString(file, commands.render(context, this.script));
        return commands
            .withInterpreter(this.interpreter)
            .withBeforeCommands(this.beforeCommands)
            .withBeforeCommandsWithOptions(true)
            .withCommands(Property.ofValue(List.of("python3 " + file.getFileName())))
            .run();
    }
}
