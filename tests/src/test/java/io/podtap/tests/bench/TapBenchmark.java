/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import io.podtap.core.testing.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs every load under every tap, one after the other, and prints what each cost.
 *
 * <p>Run from the root of the checkout by {@code tests/bench}. Whatever it made it removes, also
 * when it is interrupted.
 */
public final class TapBenchmark {

  private static final String[] REQUIRED = {"cc", "iperf3", "tc", "tcpdump", "openssl", "socat"};
  private static final int BULK_MEGABITS = 500;
  private static final int SMALL_PER_SECOND = 50_000;
  private static final int MIX_PER_SECOND = 20_000;
  private static final int ENCRYPTED_MEGABITS = 1_000;
  private static final int LIMITED_ENCRYPTED_MEGABITS = 400;
  private static final int LIMITED_BULK_MEGABITS = 1_000;
  private static final int LIMITED_SMALL_PER_SECOND = 150_000;
  private static final int SMALL_BYTES = 64;
  private static final int MIX_BYTES_MAX = 1_400;

  /** CPUs that an injected tap requests, unless told otherwise. */
  private static final double TAP_REQUEST = 0.05;

  private final BenchmarkSettings settings;
  private final List<Tap> taps;
  private final BenchmarkTables tables;

  private TapBenchmark(BenchmarkSettings settings, List<Tap> taps) {
    this.settings = settings;
    this.taps = taps;
    tables =
        new BenchmarkTables(
            settings.isEncrypted() ? BenchmarkTables.PODTAP_TLS : BenchmarkTables.PODTAP);
  }

  public static void main(String[] arguments) throws IOException {
    BenchmarkSettings settings;
    try {
      settings = BenchmarkSettings.parse(arguments);
      check(settings);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.err.print(BenchmarkSettings.USAGE);
      System.exit(2);
      return;
    }
    Cleanup cleanup = new Cleanup();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(cleanup::close));
    int status = 0;
    try {
      run(settings, cleanup);
    } catch (IOException | IllegalStateException e) {
      status = 1;
      if (!cleanup.isClosed()) {
        System.err.println("bench: " + e.getMessage());
      }
    }
    System.exit(status);
  }

  private static void check(BenchmarkSettings settings) throws IOException {
    if (!NetworkNamespace.obstacle().isEmpty()) {
      throw new IllegalArgumentException(NetworkNamespace.obstacle());
    }
    for (String program : REQUIRED) {
      if (!Commands.exists(program)) {
        throw new IllegalArgumentException("needs the program " + program);
      }
    }
    String tap = settings.tap().split(" ", -1)[0];
    if (tap.contains("/") && !Files.isExecutable(Path.of(tap))) {
      throw new IllegalArgumentException(tap + " is not there; build it, or give --tap");
    }
  }

  private static void run(BenchmarkSettings settings, Cleanup cleanup) throws IOException {
    String prefix = "";
    if (settings.cpus() > 0) {
      // Before the testbed: its processes end first.
      prefix = cleanup.add(CpuLimit.create("tap", TAP_REQUEST, settings.cpus())).enter();
    }
    String application = "";
    if (settings.applicationCpus() > 0) {
      double cpus = settings.applicationCpus();
      application = cleanup.add(CpuLimit.create("application", cpus, cpus)).enter();
    }
    Testbed testbed =
        new Testbed(
            Path.of("tests/src/bench/c"),
            cleanup,
            settings.congestionControl(),
            application,
            settings.isSniffed());
    List<Tap> taps = new ArrayList<>(List.of(new Tap.None()));
    taps.add(new Tap.Program(BenchmarkTables.PODTAP, settings.tap(), true, prefix));
    if (settings.isEncrypted()) {
      addEncrypted(taps, settings, testbed, prefix);
    } else {
      addPlain(taps, settings, testbed, prefix);
    }
    for (int i = 0; i < settings.references().size(); i++) {
      taps.add(new Tap.Program("reference " + (i + 1), settings.references().get(i), true, prefix));
    }
    System.out.print(BenchmarkTables.conditions(settings));
    new TapBenchmark(settings, taps).measure(testbed);
  }

  private static void addEncrypted(
      List<Tap> taps, BenchmarkSettings settings, Testbed testbed, String prefix)
      throws IOException {
    testbed.listenEncrypted(settings.tap().split(" ", -1)[0]);
    taps.add(
        new Tap.Program(
            BenchmarkTables.PODTAP_TLS,
            settings.tap()
                + " --transport tls --cert {pki}/tap-bench/tls.crt --key {pki}/tap-bench/tls.key"
                + " --ca {pki}/tap-bench/ca.crt",
            false,
            prefix));
    taps.add(
        new Tap.Program(
            "tcpdump into socat",
            "socat -u 'EXEC:tcpdump -i {if} -B 8192 -Z root -w - not port 6343'"
                + " OPENSSL:{sensor}:6343,cert={pki}/tap-bench/tls.crt,key={pki}/tap-bench/tls.key"
                + ",cafile={pki}/tap-bench/ca.crt",
            false,
            prefix));
  }

  private static void addPlain(
      List<Tap> taps, BenchmarkSettings settings, Testbed testbed, String prefix) {
    if (settings.cpus() == 0) {
      // Its work is nobody's process: no group can hold it.
      taps.add(new Tap.KernelMirror());
    }
    taps.add(
        new Tap.Program(
            "sendmmsg in C", testbed.program("sendmmsg_tap") + " {if} {sensor} 42", true, prefix));
    taps.add(
        new Tap.Program(
            "tcpdump -w /dev/null", "tcpdump -i {if} -B 8192 -w /dev/null -Z root", false, prefix));
  }

  private void measure(Testbed testbed) throws IOException {
    if (settings.isEncrypted()) {
      measure(
          testbed,
          testbed.bulk(settings.cpus() > 0 ? LIMITED_ENCRYPTED_MEGABITS : ENCRYPTED_MEGABITS));
    } else if (settings.applicationCpus() > 0) {
      measureRequests(testbed);
    } else if (settings.cpus() > 0) {
      measure(testbed, testbed.bulk(LIMITED_BULK_MEGABITS));
      measure(testbed, small(testbed, LIMITED_SMALL_PER_SECOND));
    } else {
      measure(testbed, testbed.bulk(BULK_MEGABITS));
      measure(testbed, small(testbed, SMALL_PER_SECOND));
      measure(
          testbed,
          testbed.datagrams("UDP of random sizes", MIX_PER_SECOND, SMALL_BYTES, MIX_BYTES_MAX));
      measureRequests(testbed);
    }
    System.out.print(tables.ratios());
  }

  private void measureRequests(Testbed testbed) throws IOException {
    if (!settings.wants("HTTP")) {
      return;
    }
    Load fastest = testbed.requests("HTTP, as fast as it goes", 0);
    measure(testbed, fastest);
    double half = fastest.run(settings.plan().seconds()).throughput() / 2;
    measure(
        testbed,
        testbed.requests(String.format(Locale.ROOT, "HTTP at half of that, %.0f/s", half), half));
  }

  private static Load small(Testbed testbed, int perSecond) {
    return testbed.datagrams("UDP of 64 bytes", perSecond, SMALL_BYTES, SMALL_BYTES);
  }

  private void measure(Testbed testbed, Load load) throws IOException {
    if (!settings.wants(load.name())) {
      return;
    }
    Map<String, Comparison> measured = new LinkedHashMap<>();
    for (int round = 0; round < settings.plan().rounds(); round++) {
      Measurement alone = null;
      for (Tap tap : taps) {
        System.err.println("bench: " + load.name() + " under " + tap.name());
        Measurement taken = Measurement.take(testbed, tap, load, settings.plan());
        alone = alone == null ? taken : alone; // the first of them is none
        measured.computeIfAbsent(tap.name(), Comparison::new).add(taken, alone);
      }
    }
    System.out.print(tables.load(load.name(), measured.values()));
  }
}
