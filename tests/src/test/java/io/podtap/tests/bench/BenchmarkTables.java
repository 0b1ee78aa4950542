/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import io.podtap.tests.bench.Comparison.Round;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Measurements as Markdown: conditions, one table per load, the ratios at the end. */
final class BenchmarkTables {

  /** Podtap's name in the tables. */
  static final String PODTAP = "Podtap";

  /** The name of Podtap with packets over TLS. */
  static final String PODTAP_TLS = "Podtap over TLS";

  /** The name of the load without a tap. */
  static final String NONE = "none";

  private static final double GIGA = 1e9;
  private static final double MEGA = 1e6;
  private static final double KIBIBYTES_PER_MEBIBYTE = 1_024;

  private final String subject;
  private final Map<String, List<Comparison>> loads = new LinkedHashMap<>();

  /**
   * @param subject the tap that ratios are of
   */
  BenchmarkTables(String subject) {
    this.subject = subject;
  }

  /** Returns under which conditions the rest was measured. */
  static String conditions(BenchmarkSettings settings) throws IOException {
    Measurement.Plan plan = settings.plan();
    StringBuilder text = new StringBuilder();
    line(
        text,
        String.format(
            Locale.ROOT,
            "Linux %s, %d CPUs (%s), Java %s. Per tap and load: %d run(s) of %d s to warm up, then %d"
                + " measured, %d round(s). TCP: %s.%s",
            Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
            Runtime.getRuntime().availableProcessors(),
            processor(),
            Runtime.version(),
            plan.warm(),
            plan.seconds(),
            plan.measured(),
            plan.rounds(),
            settings.congestionControl(),
            held(" Each tap", settings.cpus())
                + held(" The HTTP server", settings.applicationCpus())));
    for (int i = 0; i < settings.references().size(); i++) {
      line(
          text,
          String.format(Locale.ROOT, "Reference %d: `%s`.", i + 1, settings.references().get(i)));
    }
    line(
        text,
        "\nCPU: the tap's processes; for the kernel's mirror (*) what the whole machine used beyond"
            + " the load alone, as it works in softirqs. Machine: that difference for every tap;"
            + " other processes left out. Mirrored: bytes at the sensor per byte sent and received"
            + " by the client. Lost: by a full ring + not sent, as the tap says, from its start;"
            + " warm: of them in the measured runs."
            + " First: from the start of the program to the first mirrored packet at the sensor. Of"
            + " several rounds the medians, in brackets the extremes; what was lost, of all.");
    return text.toString();
  }

  private static String held(String what, double cpus) {
    return cpus > 0 ? String.format(Locale.ROOT, "%s held to %.2f CPU.", what, cpus) : "";
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "unknown";
  }

  /** Returns the table of a load; remembers it for the ratios. */
  String load(String name, Collection<Comparison> measured) {
    loads.put(name, List.copyOf(measured));
    StringBuilder text = new StringBuilder();
    line(text, String.format(Locale.ROOT, "\n### %s\n", name));
    line(
        text,
        String.format(
            Locale.ROOT,
            "| tap | CPU s | s/GB | s/M packets | machine s | mirrored | lost | warm | peak RSS MiB |"
                + " %s | of none | p99 ms | first ms |",
            measured.iterator().next().first().own().outcome().unit()));
    line(text, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (Comparison one : measured) {
      line(text, one.tap().equals(NONE) ? loadAlone(one) : row(one));
    }
    return text.toString();
  }

  private static String loadAlone(Comparison none) {
    return String.format(
        Locale.ROOT,
        "| %s |  |  |  | %s |  |  |  |  | %s |  | %s |  |",
        none.tap(),
        median("%.2f", none, one -> one.own().machineSeconds()),
        median("%.1f", none, one -> one.own().outcome().throughput()),
        none.spread("%.2f", one -> one.own().outcome().p99()));
  }

  private static String row(Comparison tap) {
    boolean isKernel = !tap.first().hasProcess();
    boolean isMirroring = tap.first().own().mirroredBytes() > 0;
    return String.format(
        Locale.ROOT,
        "| %s | %s%s | %s | %s | %s | %s | %d + %d | %s | %s | %s | %s | %s | %s |",
        tap.tap(),
        median("%.2f", tap, Round::cpu),
        isKernel ? "*" : "",
        median("%.3f", tap, one -> one.cpu() / (one.own().bytes() / GIGA)),
        median("%.3f", tap, one -> one.cpu() / (one.own().packets() / MEGA)),
        median("%+.2f", tap, Round::machine),
        isMirroring
            ? median("%.1f %%", tap, one -> 100 * one.own().mirroredBytes() / one.own().bytes())
            : "",
        tap.sum(one -> one.own().losses().unseen()),
        tap.sum(one -> one.own().losses().unsent()),
        tap.first().own().lostWarm().isPresent()
            ? tap.sum(one -> one.own().lostWarm().orElse(0))
            : "",
        isKernel
            ? ""
            : median("%.1f", tap, one -> one.own().peakKibibytes() / KIBIBYTES_PER_MEBIBYTE),
        median("%.1f", tap, one -> one.own().outcome().throughput()),
        tap.spread("%.1f %%", one -> 100 * one.kept()),
        tap.spread("%.2f", one -> one.own().outcome().p99()),
        median("%.0f", tap, one -> one.own().firstMilliseconds()));
  }

  private static String median(String format, Comparison tap, ToDoubleFunction<Round> value) {
    return Comparison.number(format, tap.median(value));
  }

  /** Returns what the subject used of the CPU that each other tap used, load by load. */
  String ratios() {
    StringBuilder text = new StringBuilder();
    line(text, "\n### CPU of " + subject + " as a share of");
    boolean isFirst = true;
    for (Map.Entry<String, List<Comparison>> load : loads.entrySet()) {
      List<Comparison> peers = new ArrayList<>();
      Comparison own = null;
      for (Comparison one : load.getValue()) {
        if (one.tap().equals(subject)) {
          own = one;
        } else if (!one.tap().equals(NONE)) {
          peers.add(one);
        }
      }
      if (own == null) {
        continue;
      }
      if (isFirst) {
        text.append("\n| load |");
        peers.forEach(peer -> text.append(' ').append(peer.tap()).append(" |"));
        line(text, "\n|---|" + "--:|".repeat(peers.size()));
        isFirst = false;
      }
      text.append("| ").append(load.getKey()).append(" |");
      for (Comparison peer : peers) {
        text.append(' ').append(own.share(peer)).append(" |");
      }
      line(text, "");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append(line).append('\n');
  }
}
