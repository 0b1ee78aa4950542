/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every file in {@code golden} goes through {@code podtap inject}; beside it stand what comes out
 * ({@code .out}) and what is said ({@code .said}, with the exit code). With {@code
 * -DupdateReferences=true} they are written instead.
 */
final class GoldenTest {

  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final boolean IS_UPDATE = Boolean.getBoolean("updateReferences");

  /** What one run of a program wrote. */
  private record Run(String out, String said) {}

  static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().matches(".*\\.(yaml|json)"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void comesOutAsRecorded(Path file) throws IOException {
    Run run = run("inject", Files.readString(file));
    compare(sibling(file, ".out"), run.out());
    compare(sibling(file, ".said"), run.said());
  }

  @ParameterizedTest
  @MethodSource("files")
  void changesNothingWhenItIsAppliedTwice(Path file) throws IOException {
    String once = run("inject", Files.readString(file)).out();
    assertThat(run("inject", once).out()).isEqualTo(once);
  }

  @ParameterizedTest
  @MethodSource("files")
  void comesBackToWhatItWas(Path file) throws IOException {
    String before = Files.readString(file);
    String injected = run("inject", before).out();
    String after = run("uninject", injected).out();
    if (!before.contains("podtap.io/injected")) {
      assertThat(after).isEqualTo(before);
    }
  }

  private static Path sibling(Path file, String ending) {
    return file.resolveSibling(file.getFileName() + ending);
  }

  private static void compare(Path reference, String text) throws IOException {
    if (IS_UPDATE) {
      Files.writeString(reference, text);
    }
    assertThat(text).isEqualTo(Files.readString(reference));
  }

  private static Run run(String program, String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);
    Streams streams =
        new Streams(
            new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            log);
    CommandLine line =
        new CommandLine(
            program.equals("inject") ? new InjectCommand(streams) : new UninjectCommand(streams));
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      log.println("podtap: " + failure.getMessage());
      return 2;
    });
    int code = line.execute("-f", "-");
    log.println("exit code " + code);
    return new Run(out.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
  }
}
