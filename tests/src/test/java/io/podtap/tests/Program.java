/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One podtap program as users start it: the launcher of the runtime image in a process of its own,
 * its output and error output in files.
 *
 * <p>The launcher is named by the system property {@code podtap.launcher}; by default it is the one
 * that this build made.
 */
final class Program implements AutoCloseable {

  private static final int READY_SECONDS_MAX = 60;
  private static final int END_SECONDS_MAX = 30;
  private static final int POLL_MS = 20;

  private final Process process;
  private final Path out;
  private final Path err;
  private final String line;

  private Program(Process process, Path out, Path err, String line) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.line = line;
  }

  /** Returns the launcher. */
  static Path launcher() {
    String given = System.getProperty("podtap.launcher", "");
    Path launcher =
        given.isEmpty()
            ? Repository.root().resolve("cli/target/image/bin/podtap")
            : Path.of(given).toAbsolutePath();
    if (!Files.isExecutable(launcher)) {
      throw new IllegalStateException(
          "no launcher at " + launcher + "; ./build package makes it, or set podtap.launcher");
    }
    return launcher;
  }

  /**
   * Starts a program in the namespace of {@code host} without waiting.
   *
   * @param folder takes the output as {@code name.out} and {@code name.err}
   */
  static Program start(PodNetwork.Host host, Path folder, String name, String... arguments) {
    return start(
        List.of("ip", "netns", "exec", host.namespace().name()), Map.of(), folder, name, arguments);
  }

  /**
   * Starts a program without waiting.
   *
   * @param prefix a command that starts the program, such as setpriv; may be empty
   * @param environment variables to add
   */
  static Program start(
      List<String> prefix,
      Map<String, String> environment,
      Path folder,
      String name,
      String... arguments) {
    List<String> command = new ArrayList<>(prefix);
    // Children of nohup, or of a shell's background, ignore these.
    command.addAll(List.of("env", "--default-signal=HUP,INT,QUIT"));
    command.add(launcher().toString());
    command.addAll(List.of(arguments));
    Path out = folder.resolve(name + ".out");
    Path err = folder.resolve(name + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeIf(Program::isSetting);
    builder.environment().putAll(environment);
    try {
      return new Program(builder.start(), out, err, String.join(" ", command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a variable of the person who runs the tests would be a setting of the program. */
  private static boolean isSetting(String name) {
    return name.startsWith("PODTAP_") || List.of("SENSOR", "INTERFACE", "VNI").contains(name);
  }

  /** Waits for the first line on the error output: the program does its work from then on. */
  Program awaitReady() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
    while (errorOutput().indexOf('\n') < 0) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(line + " is not ready: " + errorOutput() + output());
      }
      pause(POLL_MS);
    }
    if (!process.isAlive()) {
      throw new IllegalStateException(line + " ended: " + errorOutput());
    }
    return this;
  }

  /** Asks the program to end (SIGTERM), waits, and returns its exit code. */
  int stop() {
    process.destroy();
    return await();
  }

  /** Waits for the program's end and returns its exit code. */
  int await() {
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            line + " did not end within " + END_SECONDS_MAX + " s: " + errorOutput());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Sends a signal by its name, such as {@code STOP}. */
  void signal(String name) {
    Commands.run("kill", "-" + name, Long.toString(process.pid()));
  }

  long pid() {
    return process.pid();
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Returns what was written to the output so far. */
  String output() {
    return read(out);
  }

  /** Returns what was written to the error output so far. */
  String errorOutput() {
    return read(err);
  }

  /** Returns the lines of the error output. */
  List<String> errorLines() {
    return Arrays.stream(errorOutput().split("\n", -1)).filter(text -> !text.isEmpty()).toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sleeps: for traffic that takes its time, or between two looks. */
  static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Ends the program at once if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      signal("CONT");
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      await();
    }
  }
}
