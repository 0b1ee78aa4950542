/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.testing.Rewriting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs {@code podtap inject} and {@code uninject} in this process. */
final class Rewritings {

  private Rewritings() {}

  static Rewriting inject(String text, String... more) {
    return run("inject", text.getBytes(StandardCharsets.UTF_8), withInput(more));
  }

  static Rewriting uninject(String text, String... more) {
    return run("uninject", text.getBytes(StandardCharsets.UTF_8), withInput(more));
  }

  private static String[] withInput(String... more) {
    List<String> arguments = new ArrayList<>(List.of("-f", "-"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  static Rewriting run(String program, byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream log = new PrintStream(said, true, StandardCharsets.UTF_8);
    Streams streams =
        new Streams(
            new ByteArrayInputStream(input),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            log);
    CommandLine line =
        new CommandLine(
            program.equals("inject") ? new InjectCommand(streams) : new UninjectCommand(streams));
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (!(failure instanceof SettingsException)) {
        throw new AssertionError("only SettingsException is told in a line", failure);
      }
      log.println("podtap: " + failure.getMessage());
      return 2;
    });
    int code = line.execute(arguments);
    return new Rewriting(out.toByteArray(), said.toString(StandardCharsets.UTF_8), code);
  }
}
