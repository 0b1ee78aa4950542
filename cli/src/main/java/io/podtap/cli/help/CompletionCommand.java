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

  /**
   * Completes {@code --option=value}, which picocli's function does not: it is given the option and
   * the value as two words. Bash splits the word at the sign, bash without it among {@code
   * COMP_WORDBREAKS} and zsh do not.
   */
  private static final String VALUES =
      """

      function _complete_PROGRAM_values() {
        local word=${COMP_WORDS[COMP_CWORD]} option='' i
        if [[ "$word" == --*=* ]]; then
          option=${word%%=*}=
          COMP_WORDS[COMP_CWORD]=${word%%=*}
          COMP_WORDS[COMP_CWORD+1]=${word#*=}
          COMP_CWORD=$((COMP_CWORD + 1))
        elif [[ "$word" == '=' ]]; then
          COMP_WORDS[COMP_CWORD]=''
        elif [[ $COMP_CWORD -gt 1 && "${COMP_WORDS[COMP_CWORD-1]}" == '=' ]]; then
          COMP_WORDS[COMP_CWORD-1]=$word
          unset 'COMP_WORDS[COMP_CWORD]'
          COMP_CWORD=$((COMP_CWORD - 1))
        fi
        _complete_PROGRAM
        for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
          COMPREPLY[i]=$option${COMPREPLY[i]}
        done
      }
      complete -F _complete_PROGRAM_values -o default PROGRAM PROGRAM.sh PROGRAM.bash
      """;

  /** Read as a file of zsh's fpath, a script is run at the first completion, and completes it. */
  private static final String FIRST =
      """
      if [[ "${funcstack[1]}" == _PROGRAM ]]; then
        _bash_complete -o default -F _complete_PROGRAM_values
      fi
      """;

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
      case "bash" -> bash(root);
      case "zsh" ->
          "#compdef "
              + root.getCommandName()
              + "\nautoload -Uz bashcompinit && bashcompinit\n"
              + bash(root)
              + FIRST.replace("PROGRAM", root.getCommandName());
      case "fish" -> FishCompletion.script(root);
      default -> throw new SettingsException("shell '" + shell + "' is not bash, zsh or fish");
    };
  }

  private static String bash(CommandLine root) {
    String name = root.getCommandName();
    // In zsh, picocli's alias hides that there is no compopt, and its option breaks the completion
    // of the user's aliases.
    String script =
        AutoComplete.bash(name, CompletionModel.of(root))
            .replace("  alias compopt=complete\n", "")
            .replace(
                "  # Make alias a distinct command for completion purposes when using zsh"
                    + " (see [4])\n"
                    + "  setopt COMPLETE_ALIASES\n",
                "")
            .replace("&>/dev/null", ">/dev/null 2>&1");
    return script + VALUES.replace("PROGRAM", name);
  }
}
