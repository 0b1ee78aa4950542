/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shells make of {@code podtap completion}; each shell where it is installed. */
final class CompletionTest {

  private static final int PROCESS_SECONDS_MAX = 120;

  @TempDir private Path folder;

  @BeforeEach
  void writeFile() throws IOException {
    Files.writeString(folder.resolve("deployment.yaml"), "");
  }

  private static synchronized String script(String shell) {
    PrintStream out = System.out;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
      assertThat(Podtap.run(Map.of(), "completion", shell)).isZero();
      return written.toString(StandardCharsets.UTF_8);
    } finally {
      System.setOut(out);
    }
  }

  private static void requireInstalled(String shell) {
    boolean isInstalled =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(place -> Files.isExecutable(Path.of(place, shell)));
    if ("true".equals(System.getenv("CI"))) {
      assertThat(isInstalled).as(shell + " is installed").isTrue();
    }
    Assumptions.assumeTrue(isInstalled, shell + " is not installed");
  }

  /** Returns what a shell writes, with errors. */
  private String run(String... command) throws Exception {
    Path written = folder.resolve("written");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(written.toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("TERM", "dumb");
    Process shell = builder.start();
    try {
      assertThat(shell.waitFor(PROCESS_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    } finally {
      shell.destroyForcibly();
    }
    return Files.readString(written);
  }

  /** A word that ends is typed as bash splits it: at the equals sign. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unin | uninject",
        "inject --image-pull-p | --image-pull-policy",
        "inject --mode '' | sidecar container",
        "inject --mode con | container",
        "inject --mode = con | container",
        "inject --mode = | sidecar container",
        "inject --mode=con | --mode=container",
        "inject --pod-security '' | auto privileged baseline restricted",
        "inject --image-pull-policy '' | Always IfNotPresent Never",
        "inject --direction '' | in out both",
        "check -o '' | text json",
        "webhook --repair = re | report restart",
        "completion '' | bash zsh fish",
        "inject -f depl | deployment.yaml",
        "inject --file = depl | deployment.yaml",
        "inject depl | deployment.yaml",
        "attach shop -w depl | deployment.yaml",
      })
  void bashCompletesProgramsOptionsValuesAndFiles(String typed, String completed) throws Exception {
    requireInstalled("bash");
    Path script = Files.writeString(folder.resolve("podtap.bash"), script("bash"));
    String said =
        run(
            "bash",
            "-c",
            // Outside of Readline compopt says that it cannot be called.
            "source "
                + script
                + "; compopt() { :; }; COMP_WORDS=(podtap "
                + typed
                + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); $(complete -p podtap | sed"
                + " 's/.*-F \\([^ ]*\\).*/\\1/'); echo \"${COMPREPLY[*]}\"");
    assertThat(said.strip()).isEqualTo(completed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "podtap unin | uninject",
        "podtap inject --mode con | container",
        "podtap inject --mode=con | --mode=container",
        "podtap check -o j | json",
        "podtap completion z | zsh",
        "podtap inject -f depl | deployment.yaml",
        "podtap inject depl | deployment.yaml",
      })
  void fishCompletesProgramsOptionsValuesAndFiles(String typed, String completed) throws Exception {
    requireInstalled("fish");
    Path script = Files.writeString(folder.resolve("podtap.fish"), script("fish"));
    String said = run("fish", "-c", "source " + script + "; complete -C '" + typed + "'");
    assertThat(said.lines().map(line -> line.replaceFirst("\t.*", ""))).containsExactly(completed);
  }

  /** In a terminal, where a message of the script would stand in the line that is typed. */
  @Test
  void zshCompletesProgramsOptionsValuesAndFiles() throws Exception {
    requireInstalled("zsh");
    Path functions = Files.createDirectories(folder.resolve("functions"));
    Files.writeString(functions.resolve("_podtap"), script("zsh"));
    List<String> typed =
        List.of("unin", "inject --mode con", "inject --mode=con", "check -o j", "inject -f depl");
    List<String> completed =
        List.of(
            "uninject ",
            "inject --mode container ",
            "inject --mode=container ",
            "check -o json ",
            "inject -f deployment.yaml ");
    List<String> lines = new ArrayList<>();
    lines.add("zmodload zsh/zpty");
    lines.add("zpty z \"PS1='' zsh -f -i\"");
    lines.add("said=''; seen='' ");
    lines.add("await() { zpty -r -m z seen \"$1\"; said+=$seen }");
    lines.add(
        "zpty -w z \"unset zle_bracketed_paste; fpath=($PWD/functions \\$fpath);"
            + " autoload -Uz compinit; compinit -u -D; print st''arted\"");
    lines.add("await '*started*'");
    for (int i = 0; i < typed.size(); i++) {
      lines.add("zpty -w -n z 'podtap " + typed.get(i) + "'$'\\t'");
      lines.add("await '*podtap " + completed.get(i) + "*'");
      lines.add("zpty -w -n z $'\\x15'"); // deletes the line
    }
    lines.add("zpty -d z; print -r -- \"$said\"");
    Path terminal = Files.write(folder.resolve("terminal.zsh"), lines);
    String said = run("zsh", "-f", terminal.toString());
    assertThat(said).contains("podtap inject --mode container").doesNotContain("not found");
  }
}
