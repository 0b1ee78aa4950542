/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** CPU time and memory as the kernel accounts them in {@code /proc}; see proc(5). */
final class Cpu {

  /** The kernel's USER_HZ, fixed at 100 in the interface to programs on every common machine. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  private Cpu() {}

  /** Returns the CPU seconds of a process and those it started: all threads, ended children too. */
  static double ofTree(ProcessHandle root) throws IOException {
    double seconds = 0;
    for (ProcessHandle process : tree(root)) {
      seconds += ofProcess(process.pid());
    }
    return seconds;
  }

  /** Returns the largest peak resident set of a process and those it started, in KiB. */
  static long peakKibibytes(ProcessHandle root) throws IOException {
    long peak = 0;
    for (ProcessHandle process : tree(root)) {
      for (String line : lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
        if (line.startsWith("VmHWM:")) {
          peak = Math.max(peak, Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
    }
    return peak;
  }

  /**
   * Returns the CPU seconds of the whole machine, the work in interrupts included, less those of
   * processes that are not this one's own: what others do meanwhile does not count.
   */
  static double ofMachineWithoutOthers() throws IOException {
    Set<Long> own =
        tree(ProcessHandle.current()).stream().map(ProcessHandle::pid).collect(Collectors.toSet());
    double others = 0;
    try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (Character.isDigit(name.charAt(0)) && !own.contains(Long.valueOf(name))) {
          others += ofProcess(Long.parseLong(name));
        }
      }
    }
    // cpu user nice system idle iowait irq softirq steal guest guest_nice
    String[] fields = lines(Path.of("/proc/stat")).getFirst().split(" +", -1);
    double all = 0;
    for (int field : new int[] {1, 2, 3, 6, 7}) {
      all += Double.parseDouble(fields[field]) / TICKS_PER_SECOND;
    }
    return all - others;
  }

  private static List<ProcessHandle> tree(ProcessHandle root) {
    List<ProcessHandle> processes = new ArrayList<>(root.descendants().toList());
    processes.add(root);
    return processes;
  }

  private static double ofProcess(long pid) throws IOException {
    List<String> lines = lines(Path.of("/proc", Long.toString(pid), "stat"));
    if (lines.isEmpty()) {
      return 0;
    }
    // The command's name stands in parentheses and may hold anything.
    String line = String.join(" ", lines);
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    double ticks = 0;
    for (int field = USER_TIME; field <= CHILDREN_SYSTEM_TIME; field++) {
      ticks += Double.parseDouble(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  /** Returns a file's lines, none when its process has ended. */
  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return List.of();
      }
      throw e;
    }
  }
}
