/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Further podtap programs as child processes, ended in the order of {@link #stop} calls or all at
 * once by {@link #close}.
 */
final class Children implements AutoCloseable {

  private final Path folder;
  private final List<Process> running = new ArrayList<>();
  private boolean closed;

  /** Keeps each child's output as a file in {@code folder}. */
  Children(Path folder) {
    this.folder = folder;
  }

  /**
   * Starts {@code podtap} with arguments; inside a network namespace unless {@code namespace} is
   * empty.
   */
  Process start(String name, String namespace, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (!namespace.isEmpty()) {
      command.addAll(List.of("ip", "netns", "exec", namespace));
    }
    command.addAll(launcher());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output(name).toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    // Settings of this process are not settings of its children.
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("PODTAP_") && !key.startsWith("PODTAP_JAVA_"));
    List.of("SENSOR", "INTERFACE", "VNI").forEach(builder.environment().keySet()::remove);
    try {
      synchronized (running) {
        if (closed) {
          throw new IllegalStateException("the demo's programs are ended");
        }
        Process process = builder.start();
        running.add(process);
        return process;
      }
    } catch (IOException e) {
      throw new SettingsException(
          "cannot start " + String.join(" ", command) + ": " + e.getMessage(), e);
    }
  }

  /** Returns the file that holds what a child printed. */
  Path output(String name) {
    return folder.resolve(name + ".out");
  }

  /**
   * Returns how this very program is started: by the image's script, or by java itself when run
   * from classes.
   */
  private static List<String> launcher() {
    Path script = Path.of(System.getProperty("java.home"), "bin", "podtap");
    if (Files.isExecutable(script)) {
      return List.of(script.toString());
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    String modules = System.getProperty("jdk.module.path");
    if (modules == null) {
      throw new SettingsException("run the demo with ./podtap demo");
    }
    command.addAll(
        List.of(
            "--enable-native-access=io.podtap.core",
            "-p",
            modules,
            "-m",
            "io.podtap.cli/io.podtap.cli.Podtap"));
    return command;
  }

  /**
   * Asks a child to end (SIGTERM) and waits for it.
   *
   * @return its exit code; -1 when it had to be killed
   */
  int stop(Process process, int seconds) {
    process.destroy();
    return await(process, seconds);
  }

  /** Waits for a child's own end; kills it when that takes too long and returns -1. */
  int await(Process process, int seconds) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
    return -1;
  }

  /** Ends every child that still runs, taps and clients before the sensor; none can be started. */
  @Override
  public void close() {
    synchronized (running) {
      closed = true;
      for (Process process : running.reversed()) {
        if (process.isAlive()) {
          stop(process, 2);
        }
      }
    }
  }
}
