/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionValues;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.RecentKeys;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import io.podtap.sensor.notice.filter.Repeats;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Hosts that try many addresses or ports and fail. A server that has answered the host before is
 * not one that the host looks for: in a cluster, pods that end and clients that still know their
 * addresses are usual.
 */
public final class Scans implements Detection {

  private static final String ADDRESS = "Scan::Address_Scan";
  private static final String PORT = "Scan::Port_Scan";
  private static final String RANDOM = "Scan::Random_Scan";
  private static final String FALSE_BECAUSE =
      "A client of many servers that are gone and have not answered it before, a health check of"
          + " pods that are starting, and a scanner that you run yourself.";
  private static final String ACTION =
      "Find the workload that scans. A pod that has no reason to scan is likely to be compromised:"
          + " isolate it by a NetworkPolicy and keep its image and its logs.";
  private static final String EVIDENCE =
      "conn.log, id.orig_h of the source, conn_state S0 and REJ; the states S1 and SF to the same"
          + " destinations show what it found.";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("scan", "Finds hosts that try many addresses or ports and fail.")
          .count("scan.scan_threshold", 25, "Failed pairs of address and port of a remote host.")
          .count(
              "scan.local_scan_threshold", 25, "Failed pairs of address and port of a local host.")
          .count(
              "scan.scan_threshold_with_darknet_hits",
              10,
              "As scan.scan_threshold, of a host that tried addresses without hosts.")
          .count(
              "scan.local_scan_threshold_with_darknet_hits",
              10,
              "As scan.local_scan_threshold, of a host that tried addresses without hosts.")
          .count("scan.knockknock_threshold", 20, "Failed addresses at one port, remote host.")
          .count(
              "scan.knockknock_threshold_with_darknet_hits",
              3,
              "As scan.knockknock_threshold, of a host that tried addresses without hosts.")
          .count(
              "scan.dark_host_threshold",
              3,
              "Addresses without hosts that make a host a darknet scanner.")
          .seconds(
              "scan.scan_timeout", 900, "A scanner is forgotten after so long without a failure.")
          .notice(
              ADDRESS,
              "A host failed to connect to many addresses at the same few ports.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .notice(
              PORT,
              "A host failed to connect to many ports of the same few addresses.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .notice(
              RANDOM,
              "A host failed to connect to many ports of many addresses.",
              FALSE_BECAUSE,
              ACTION,
              EVIDENCE)
          .starts(Scans::new)
          .build();

  private static final long BYTES_MAX = 16 << 20;
  private static final long KNOWN_BYTES_MAX = 4 << 20;
  private static final long KNOWN_NS = 3_600_000_000_000L;
  private static final long ANSWERED_BYTES_MAX = 4 << 20;
  private static final Set<String> ESTABLISHED = Set.of("SF", "S1", "S2", "S3", "RSTO", "RSTR");
  private static final int FEW = 5;

  private record Attempt(String victim, String port) {}

  private static final class Scanner {
    final long sinceNs;
    final Set<Attempt> attempts = new LinkedHashSet<>();
    final Map<String, Integer> ports = new HashMap<>();
    final Set<String> dark = new HashSet<>();

    Scanner(long sinceNs) {
      this.sinceNs = sinceNs;
    }

    long bytes() {
      return 256 + 192L * attempts.size() + 96L * ports.size();
    }
  }

  private final AgeTable<String, Scanner> scanners;
  private final AgeTable<String, Boolean> known =
      new AgeTable<>(KNOWN_BYTES_MAX, KNOWN_NS, value -> 0);

  /** Host, server and port of connections that were established. */
  private final RecentKeys answered;

  private final Repeats repeats;

  private final Notices notices;
  private final Site site;
  private final DetectionValues options;

  private Scans(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    options = context.options();
    scanners = new AgeTable<>(BYTES_MAX, options.ns("scan.scan_timeout"), Scanner::bytes);
    answered = new RecentKeys(ANSWERED_BYTES_MAX, options.ns("scan.scan_timeout"));
    repeats = new Repeats(options.ns("scan.scan_timeout") / 2);
  }

  @Override
  public void subscribe(Subscriptions records) {
    records
        .on("connection_rejected", this::attempt)
        .on("connection_established", this::answered)
        .on("conn", this::onConnection);
  }

  private void answered(LogRecord flow) {
    boolean isNoted =
        repeats.isRepeated(
            flow.textOrEmpty("id.orig_h"),
            flow.textOrEmpty("id.resp_h"),
            flow.number("id.resp_p"),
            flow.nowNs());
    if (!isNoted) {
      answered.add(ends(flow), flow.nowNs());
    }
  }

  private static String ends(LogRecord flow) {
    return flow.textOrEmpty("id.orig_h")
        + ' '
        + flow.textOrEmpty("id.resp_h")
        + ' '
        + flow.number("id.resp_p");
  }

  private void onConnection(LogRecord flow) {
    if (!flow.textOrEmpty("proto").equals("tcp")) {
      return;
    }
    switch (flow.textOrEmpty("history")) {
      case "S", "SW", "Sr", "SWr" -> attempt(flow);
      default -> {
        if (ESTABLISHED.contains(flow.textOrEmpty("conn_state"))) {
          answered(flow);
        }
      }
    }
  }

  private void attempt(LogRecord flow) {
    String source = flow.textOrEmpty("id.orig_h");
    String victim = flow.textOrEmpty("id.resp_h");
    String port = flow.number("id.resp_p") + "/tcp";
    long nowNs = flow.nowNs();
    if (known.get(source, nowNs) != null || answered.isKnown(ends(flow), nowNs)) {
      return;
    }
    Scanner scanner = scanners.get(source, nowNs, () -> new Scanner(nowNs));
    scanners.renew(source, nowNs);
    if (!scanner.attempts.add(new Attempt(victim, port))) {
      return;
    }
    int atPort = scanner.ports.merge(port, 1, Integer::sum);
    if (site.isDark(victim)) {
      scanner.dark.add(victim);
    }
    scanners.resized(source);
    boolean local = site.isLocal(source);
    boolean dark =
        site.hasDarknet() && scanner.dark.size() >= options.count("scan.dark_host_threshold");
    String suffix = dark ? "_with_darknet_hits" : "";
    long threshold =
        options.count((local ? "scan.local_scan_threshold" : "scan.scan_threshold") + suffix);
    boolean knocks = !local && atPort >= options.count("scan.knockknock_threshold" + suffix);
    if (knocks || scanner.attempts.size() >= threshold) {
      report(source, scanner, local, knocks, nowNs);
      scanners.remove(source);
      known.put(source, true, nowNs);
    }
  }

  private void report(String source, Scanner scanner, boolean local, boolean knocks, long nowNs) {
    Set<String> victims = new TreeSet<>();
    Set<String> ports = new TreeSet<>();
    for (Attempt attempt : scanner.attempts) {
      victims.add(attempt.victim());
      ports.add(attempt.port());
    }
    String note = RANDOM;
    String what = victims.size() + " hosts on " + ports.size() + " ports";
    long port = LogSchema.UNSET;
    String victim = null;
    if (ports.size() == 1) {
      note = ADDRESS;
      String only = ports.iterator().next();
      what = victims.size() + " unique hosts on port " + only;
      port = Long.parseLong(only.substring(0, only.indexOf('/')));
    } else if (victims.size() == 1) {
      note = PORT;
      victim = victims.iterator().next();
      what = ports.size() + " unique ports on host " + victim;
    } else if (ports.size() <= FEW) {
      note = ADDRESS;
      what = victims.size() + " unique hosts on ports " + String.join(", ", ports);
    } else if (victims.size() <= FEW) {
      note = PORT;
      what = ports.size() + " unique ports on hosts " + String.join(", ", victims);
    }
    String took = Texts.minutesSeconds(nowNs - scanner.sinceNs);
    notices.emit(
        Notice.of(
                note, (knocks ? "kk: " : "") + source + " scanned at least " + what + " in " + took)
            .sub(local ? "local" : "remote")
            .source(source)
            .destination(local ? victim : null)
            .port(port)
            .identifier(source));
  }

  @Override
  public long heldBytes() {
    return scanners.bytes() + known.bytes() + answered.bytes();
  }

  @Override
  public long evicted() {
    return scanners.evicted() + known.evicted() + answered.evicted();
  }
}
