/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.kafka.detect;

import io.podtap.sensor.detect.DetectCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** {@code podtap detect} in a process of its own. */
final class DetectInstance implements AutoCloseable {

  private final Path out;
  private final Process process;

  private DetectInstance(Path out, Process process) {
    this.out = out;
    this.process = process;
  }

  /** Starts an instance; it runs some seconds later. */
  static DetectInstance start(Path out, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                DetectInstance.class.getName()));
    command.addAll(arguments);
    return new DetectInstance(
        out,
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start());
  }

  /** Runs the command as the command line does. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new DetectCommand()).execute(arguments));
  }

  /** Returns what it has said so far. */
  String said() {
    try {
      return Files.readString(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process at once, as a crash does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Tells the process to end, and returns its exit code. */
  int end() {
    process.destroy();
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
