/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * Manifests of other people that once failed, where they are there: {@code CASES_DIR}, by default
 * {@code ../shared/cases} beside the checkout. The tests of each kind have manifests of their own.
 */
final class SharedCasesTest {

  private final Path cases = folder().resolve("kubernetes");

  @TempDir private Path target;

  private static Path folder() {
    String folder = System.getenv("CASES_DIR");
    return Path.of(folder == null ? "../../shared/cases" : folder);
  }

  @BeforeEach
  void requireCases() {
    Assumptions.assumeTrue(Files.isDirectory(cases), "no shared cases at " + cases);
  }

  /** Injected twice is injected once, and what is taken out again leaves the file as it was. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01-grace-zero.yaml | 1 | injected",
        "02-limit-range-max.yaml | 1 | injected",
        "02-limit-range-ratio.yaml | 1 | injected",
        "03-repair-takes-down.yaml | 2 | injected",
        "06-windows-by-affinity.yaml | 0 | unchanged, windows",
        "07-port-said-by-probe.yaml | 1 | injected",
        "08-comment-behind-dash.yaml | 1 | injected",
        "09-null-in-words.yaml | 1 | injected",
        "10-json-stream.json | 2 | injected",
        "11-typed-list.json | 1 | injected",
        "12-bom-in-second-document.yaml | 2 | injected",
        "13-key-twice-elsewhere.yaml | 1 | line 6: key 'level' is a duplicate",
        "13-label-twice.yaml | 1 | line 8: key 'app.kubernetes.io/name' is a duplicate",
        "14-tagged-text.yaml | 1 | injected",
        "15-question-mark-keys.yaml | 1 | injected",
        "16-deployment-config.yaml | 1 | deploymentconfig/shop: injected",
        "16-rollout.yaml | 1 | rollout/canary: injected",
        "17-guaranteed-tebibytes.yaml | 1 | the pod is Guaranteed and stays so",
        "21-no-cluster-dns.yaml | 1 | injected",
        "22-apparmor-of-the-pod.yaml | 1 | injected",
        "23-utf16.yaml | 1 | injected",
      })
  void isInjectedAndGivenBack(String file, int taps, String said) throws Exception {
    Path given = cases.resolve(file);
    Path injected = target.resolve(file);

    String log = run(new InjectCommand(streams()), injected, "--sensor", "10.0.0.3", given);

    assertThat(log).contains(said);
    assertThat(log.split("injected", -1)).hasSize(taps + 1);
    Path again = target.resolve("again-" + file);
    run(new InjectCommand(streams()), again, "--sensor", "10.0.0.3", injected);
    assertThat(again).hasSameBinaryContentAs(injected);
    Path back = target.resolve("back-" + file);
    run(new UninjectCommand(streams()), back, "", "", injected);
    assertThat(back).hasSameBinaryContentAs(given);
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();

  private Streams streams() {
    out.reset();
    log.reset();
    return new Streams(
        InputStream.nullInputStream(),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  /** Runs a command that must succeed, and returns what it said. */
  private String run(
      Callable<Integer> command, Path output, String option, String value, Path input)
      throws Exception {
    CommandLine line = new CommandLine(command);
    line.parseArgs(
        option.isEmpty()
            ? new String[] {"-f", input.toString()}
            : new String[] {option, value, "-f", input.toString()});
    int code = command.call();
    String said = log.toString(StandardCharsets.UTF_8);
    assertThat(code).as(said).isZero();
    Files.write(output, out.toByteArray());
    return said;
  }
}
