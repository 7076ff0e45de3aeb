"""One module a command: `run(arguments) -> exit code`; only the module of the command that is asked for is loaded."""
