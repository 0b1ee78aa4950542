/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Commands of the machine: run, wait, their output. */
final class Commands {

  private Commands() {}

  /**
   * Runs a command and waits for its end.
   *
   * @return what it wrote
   * @throws IOException when it is missing or fails
   */
  static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException(
            String.join(" ", command) + ": exit " + status + ": " + output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return output;
  }

  /** Returns whether a program is on the PATH. */
  static boolean exists(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }

  /** Compiles a C program without dependencies. */
  static void compile(Path source, Path program) throws IOException {
    run("cc", "-O2", "-pthread", "-o", program.toString(), source.toString());
  }
}
