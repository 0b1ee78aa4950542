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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code podtap} says of itself. */
final class HelpTest {

  private static final List<String> PROGRAMS =
      List.of(
          "tap",
          "sensor",
          "gateway",
          "ledger",
          "edges",
          "inject",
          "uninject",
          "webhook",
          "attach",
          "check",
          "pki",
          "read",
          "demo",
          "doctor");

  @TempDir private Path folder;

  /** What one run wrote. */
  private record Run(int exitCode, String out, String err) {}

  private static synchronized Run run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
      int code = Podtap.run(Map.of(), arguments);
      return new Run(
          code, written.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  void helpListsEveryProgram() {
    Run run = run("help");
    assertThat(run.exitCode()).isZero();
    for (String program : PROGRAMS) {
      assertThat(run.out()).containsPattern("(?m)^  " + program + " ");
      Run its = run("help", program);
      assertThat(its.exitCode()).as(program).isZero();
      assertThat(its.out()).as(program).startsWith("Usage: podtap " + program).contains("General:");
      assertThat(run(program, "--help").out()).as(program).isEqualTo(its.out());
    }
    assertThat(run.out()).doesNotContain("demo-server").doesNotContain("  man ");
  }

  @Test
  void optionsStandInGroups() {
    assertThat(run("help", "attach").out())
        .containsSubsequence(
            "Options:",
            "--timeout",
            "Source and destination:",
            "--sensor=",
            "Tap container:",
            "--image=",
            "Cluster access:",
            "--as-group=",
            "General:");
    assertThat(run("help", "sensor").out())
        .containsSubsequence(
            "Options:",
            "--listen=",
            "Encryption:",
            "--crl=",
            "Logs:",
            "--kafka-key=",
            "Files:",
            "--extract-files=",
            "Owners of addresses:",
            "--identity=",
            "Notices:",
            "--notice-webhook=",
            "Operation:",
            "--edge-metrics ");
  }

  /** A value is shown by what it is, and a default in one notation. */
  @Test
  void helpStatesDefaultsInOneNotation() {
    for (String program : PROGRAMS) {
      assertThat(run("help", program).out())
          .as(program)
          .doesNotContain("=<")
          .doesNotContain("(default: [")
          .doesNotContainPattern("(?i)[.;]\\s+default[: ]");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tapp, unknown program 'tapp' (did you mean tap?)",
    "injct, unknown program 'injct' (did you mean inject or uninject?)",
    "chek, unknown program 'chek' (did you mean check?)",
    "hlep, unknown program 'hlep' (did you mean help?)",
    "raed, unknown program 'raed' (did you mean read?)",
    "attcah p, unknown program 'attcah' (did you mean attach?)",
    "help injct, unknown program 'injct' (did you mean inject or uninject?)",
    "help xyzzy, unknown program 'xyzzy'",
    "xyzzy, unknown program 'xyzzy'",
    "inject --imge=x a.yaml, Unknown option: '--imge=x' (did you mean --image?)",
    "attach p --kubconfig k, (did you mean --kubeconfig?)",
    "check --as-grup g, (did you mean --as-group",
  })
  void aMistypedNameIsGuessed(String arguments, String expected) {
    Run run = run(arguments.split(" ", -1));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("podtap: ").contains(expected);
    assertThat(run.err().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"bash, bash", "zsh, zsh", "fish, fish"})
  void shellsTakeTheirCompletion(String shell, String program) throws Exception {
    Run run = run("completion", shell);
    assertThat(run.exitCode()).isZero();
    for (String name : PROGRAMS) {
      assertThat(run.out()).contains(name);
    }
    assertThat(run.out()).contains("kubeconfig", "pod-security").doesNotContain("demo-server");
    Path script = Files.writeString(folder.resolve("podtap." + shell), run.out());
    Assumptions.assumeTrue(isInstalled(program), program + " is not installed");
    Process check =
        new ProcessBuilder(program, "-n", script.toString()).redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).isEmpty();
    assertThat(check.exitValue()).isZero();
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  @Test
  void bashCompletesProgramsAndOptions() throws Exception {
    Assumptions.assumeTrue(isInstalled("bash"), "bash is not installed");
    Path script = Files.writeString(folder.resolve("podtap.bash"), run("completion", "bash").out());
    assertThat(complete(script, "podtap", "unin")).isEqualTo("uninject");
    assertThat(complete(script, "podtap", "inject", "--image-pull-p"))
        .isEqualTo("--image-pull-policy");
  }

  private static String complete(Path script, String... words) throws Exception {
    String command =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_podtap; echo \"${COMPREPLY[*]}\""
            .formatted(script, String.join(" ", words), words.length - 1);
    Process bash =
        new ProcessBuilder("bash", "-c", command)
            .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt: not called by Readline
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said.strip();
  }

  @Test
  void manualPagesAreMadeOfTheDeclarations() throws IOException {
    assertThat(run("man", folder.resolve("man1").toString()).exitCode()).isZero();
    for (String program : PROGRAMS) {
      String page = Files.readString(folder.resolve("man1/podtap-" + program + ".1"));
      assertThat(page)
          .as(program)
          .startsWith(".TH PODTAP-")
          .contains(".SH NAME", ".SH SYNOPSIS", ".SH GENERAL", "\\fB\\-\\-help\\fR")
          .doesNotContain("${");
    }
    assertThat(Files.readString(folder.resolve("man1/podtap-inject.1")))
        .contains("\\fB\\-\\-workload\\fR \\fIKIND[.GROUP]=PATH\\fR");
    assertThat(folder.resolve("man1/podtap-demo-server.1")).doesNotExist();
  }
}
