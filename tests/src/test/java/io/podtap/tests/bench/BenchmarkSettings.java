/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What to measure.
 *
 * @param tap Podtap's command
 * @param references further taps' commands
 * @param isSniffed whether the sensor is one that reads its interface: it answers no probe
 * @param isEncrypted compare packets over TLS with plain tunnels
 * @param cpus the share of a CPU that every tap gets, 0 for no limit
 * @param applicationCpus the share of a CPU that the tapped HTTP server gets, 0 for no limit
 * @param congestionControl of TCP on all hosts, as the kernel names it
 * @param only words; loads whose name contains none of them are left out; empty for all
 */
record BenchmarkSettings(
    String tap,
    List<String> references,
    boolean isSniffed,
    boolean isEncrypted,
    double cpus,
    double applicationCpus,
    String congestionControl,
    Measurement.Plan plan,
    List<String> only) {

  static final String USAGE =
      """
      usage: tests/bench [--quick] [--seconds N] [--warm N] [--runs N] [--only WORD]...
                         [--rounds N] [--cpu SHARE] [--application-cpu SHARE] [--sniffed] [--encrypted]
                         [--congestion NAME] [--tap COMMAND] [--reference COMMAND]...
        --quick      short runs: an impression, not a measurement
        --seconds N  length of one run of a load, 1 to 50 (default 6)
        --warm N     runs before the measured ones (default 1)
        --runs N     measured runs (default 2)
        --rounds N   how often all taps take their turn; medians are printed (default 1)
        --only WORD  only loads with this word in their name
        --cpu SHARE  hold each tap to this share of a CPU (0.25), with the weight of an injected tap's request;
                     loads of 1 Gbit/s and 150 k packets/s
        --application-cpu SHARE  hold the HTTP server to this share, and measure HTTP alone: with what is left of the machine
                     for client, tap and sensor, whatever the server loses is lost to the tap, not to their crowd
        --sniffed    the sensor reads its interface, as stock ones do: it answers no probe, so datagrams leave singly
        --encrypted  packets over TLS beside plain ones, and tcpdump into socat; bulk of 1 Gbit/s, 400 Mbit/s with --cpu
        --congestion NAME  TCP's congestion control on all hosts (default cubic, the kernel's own; where the kernel
                           does not allow it in a network namespace, reno, else the first that it allows)
        --tap        Podtap's command; {if}, {sensor}, {ledger}, {metrics} stand for interface, address, ledger file, port
        --reference  one more tap to compare with
      """;

  private static final Pattern CONGESTION_CONTROL = Pattern.compile("[a-z0-9_]+");
  private static final int SECONDS_MAX = 50;
  private static final int RUNS_MAX = 100;

  /** Returns whether a load of this name is to be measured. */
  boolean wants(String load) {
    return only.isEmpty() || only.stream().anyMatch(load::contains);
  }

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException when it is wrong; the message is for the user
   */
  static BenchmarkSettings parse(String[] arguments) {
    String tap =
        "cli/target/image/bin/podtap tap --interface {if} --sensor {sensor} --vni 42"
            + " --metrics {metrics} --count-json {ledger}";
    List<String> references = new ArrayList<>();
    List<String> only = new ArrayList<>();
    boolean isSniffed = false;
    boolean isEncrypted = false;
    double cpus = 0;
    double applicationCpus = 0;
    String congestionControl = "";
    int seconds = 6;
    int warm = 1;
    int runs = 2;
    int rounds = 1;
    Iterator<String> words = List.of(arguments).iterator();
    while (words.hasNext()) {
      String name = words.next();
      if (name.equals("--quick")) {
        seconds = 2;
        runs = 1;
        continue;
      }
      if (name.equals("--sniffed")) {
        isSniffed = true;
        continue;
      }
      if (name.equals("--encrypted")) {
        isEncrypted = true;
        continue;
      }
      if (!words.hasNext()) {
        throw new IllegalArgumentException("unknown option or missing value: " + name);
      }
      String value = words.next();
      switch (name) {
        case "--tap" -> tap = value;
        case "--reference" -> references.add(value);
        case "--only" -> only.add(value);
        case "--cpu" -> cpus = share(name, value);
        case "--application-cpu" -> applicationCpus = share(name, value);
        case "--congestion" -> congestionControl = congestionControl(value);
        case "--seconds" -> seconds = number(name, value, 1, SECONDS_MAX);
        case "--warm" -> warm = number(name, value, 0, RUNS_MAX);
        case "--runs" -> runs = number(name, value, 1, RUNS_MAX);
        case "--rounds" -> rounds = number(name, value, 1, RUNS_MAX);
        default -> throw new IllegalArgumentException("unknown option: " + name);
      }
    }
    return new BenchmarkSettings(
        tap,
        List.copyOf(references),
        isSniffed,
        isEncrypted,
        cpus,
        applicationCpus,
        congestionControl.isEmpty() ? usualCongestionControl(allowed()) : congestionControl,
        new Measurement.Plan(seconds, warm, runs, rounds),
        List.copyOf(only));
  }

  private static String congestionControl(String value) {
    if (!CONGESTION_CONTROL.matcher(value).matches()) {
      throw new IllegalArgumentException("--congestion is a name like cubic, not " + value);
    }
    List<String> allowed = allowed();
    if (!allowed.contains(value)) {
      throw new IllegalArgumentException(
          "--congestion " + value + ": this kernel allows " + String.join(", ", allowed));
    }
    return value;
  }

  /** Returns what TCP may use in a network namespace of its own, ip-sysctl.rst. */
  private static List<String> allowed() {
    try {
      String names = Files.readString(Path.of("/proc/sys/net/ipv4/tcp_allowed_congestion_control"));
      return Arrays.asList(names.strip().split(" +"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String usualCongestionControl(List<String> allowed) {
    return Stream.of("cubic", "reno")
        .filter(allowed::contains)
        .findFirst()
        .orElseGet(allowed::getFirst);
  }

  private static double share(String name, String value) {
    double cpus = Double.parseDouble(value);
    if (!(cpus >= 0.01 && cpus <= 1_000)) {
      throw new IllegalArgumentException(name + " is a share of a CPU, 0.01 or more, not " + value);
    }
    return cpus;
  }

  private static int number(String name, String value, int min, int max) {
    int number = Integer.parseInt(value);
    if (number < min || number > max) {
      throw new IllegalArgumentException(name + " is from " + min + " to " + max);
    }
    return number;
  }
}
