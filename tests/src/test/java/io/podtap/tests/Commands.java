/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Other people's programs, run to their end. */
final class Commands {

  private Commands() {}

  /**
   * Runs a command and returns its output.
   *
   * @throws IllegalStateException with its error output when it fails
   */
  static String run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.PIPE).start();
      process.getOutputStream().close();
      StringBuilder errors = new StringBuilder();
      Thread reader =
          Thread.ofVirtual().start(() -> errors.append(readAll(process.getErrorStream())));
      String output = readAll(process.getInputStream());
      int code = process.waitFor();
      reader.join();
      if (code != 0) {
        throw new IllegalStateException(
            String.join(" ", command) + ": exit " + code + " " + errors);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** As {@link #run}, as the lines that are not empty. */
  static List<String> lines(String... command) {
    return Arrays.stream(run(command).split("\n", -1)).filter(line -> !line.isEmpty()).toList();
  }

  private static String readAll(java.io.InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
