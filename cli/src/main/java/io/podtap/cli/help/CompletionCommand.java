/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import io.podtap.core.config.SettingsException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code podtap completion}: a script that lets a shell complete commands and options. */
@Command(
    name = "completion",
    description = {
      "Write a shell completion script.",
      "  source <(podtap completion bash)",
      "  podtap completion zsh > \"$${fpath[1]}/_podtap\"",
      "  podtap completion fish > ~/.config/fish/completions/podtap.fish"
    })
public final class CompletionCommand implements Callable<Integer> {

  @Parameters(paramLabel = "bash|zsh|fish", description = "The shell.")
  private String shell = "";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not called by picocli");
    }
    CommandLine root = spec.root().commandLine();
    spec.commandLine().getOut().print(script(root, shell));
    spec.commandLine().getOut().flush();
    return 0;
  }

  /**
   * Returns the script.
   *
   * @throws SettingsException when the shell is another
   */
  static String script(CommandLine root, String shell) {
    return switch (shell) {
      case "bash" -> AutoComplete.bash(root.getCommandName(), root);
      // Read as a file of fpath, a script is run at the first completion, and has to complete then.
      case "zsh" ->
          "#compdef "
              + root.getCommandName()
              + "\nautoload -Uz bashcompinit && bashcompinit\n"
              + AutoComplete.bash(root.getCommandName(), root);
      case "fish" -> FishCompletion.script(root);
      default -> throw new SettingsException("shell '" + shell + "' is not bash, zsh or fish");
    };
  }
}
