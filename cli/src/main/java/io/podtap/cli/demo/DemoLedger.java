/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ledger from the pod's interface to the sensor: what the tap says of itself in its count file,
 * what the sensor says of the tap in {@code tap.log}, and whether the two add up.
 */
final class DemoLedger {

  private static final String ROW = "  %-34s %,15d%n";

  /** Frames that became several packets, as the count file names them. */
  private static final List<String> CUT_FRAMES =
      List.of("tcp_super_frame", "udp_super_frame", "tcp_cut_to_fit");

  private final PrintWriter out;

  DemoLedger(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints it.
   *
   * @param tapLog the sensor's, in TSV
   * @param countFile the tap's
   * @param records connection records that were written
   * @return whether it adds up
   */
  boolean print(Path tapLog, Path countFile, int records) throws IOException {
    out.printf("%n%d connection records. The ledger:%n%n", records);
    List<Map<String, String>> reports = new LogFollower(tapLog).readNew();
    if (reports.isEmpty()) {
      out.println("  no tap has reported: see the outputs with --keep-logs DIR");
      return false;
    }
    Map<String, String> sensor = reports.getLast();
    String tap = Files.readString(countFile);
    long seen = count(tap, "seen");
    long filtered = count(tap, "filtered");
    long dropped = count(tap, "dropped");
    long mirrored = count(tap, "mirrored");
    long failed = count(tap, "delivered") - mirrored;
    long packets = count(tap, "packets");
    long sent = count(tap, "\"packets\":\\d+,", "sent");
    long received = count(sensor, "received");
    long lost = count(sensor, "lost");
    out.printf(ROW, "frames seen by the tap", seen);
    out.printf(ROW, "= filtered", filtered);
    out.printf(ROW, "+ dropped", dropped);
    out.printf(ROW, "+ failed", failed);
    out.printf(ROW, "+ mirrored", mirrored);
    out.println();
    out.printf(ROW, "packets after segmentation", packets);
    out.printf(ROW, "= not sent", packets - sent);
    out.printf(ROW, "+ received by the sensor", received);
    out.printf(ROW, "+ lost", lost);
    boolean balanced =
        seen > 0
            && failed >= 0
            && seen == filtered + dropped + failed + mirrored
            && sent == received + lost
            && sent == count(sensor, "sent")
            && seen == count(sensor, "seen");
    out.printf(
        "%n%s%n",
        balanced
            ? "It adds up. The tap's count file and the sensor's tap.log agree."
            : "It does NOT add up.");
    printCut(tap, mirrored, packets);
    return balanced;
  }

  private void printCut(String tap, long mirrored, long packets) {
    long cut = 0;
    for (String name : CUT_FRAMES) {
      cut += count(tap, name);
    }
    if (cut > 0) {
      out.printf(
          "%,d super-frames were split into %,d packets as on the wire.%n",
          cut, packets - (mirrored - cut));
    }
  }

  private static long count(Map<String, String> record, String field) {
    String value = record.getOrDefault(field, "-");
    return value.equals("-") ? 0 : Long.parseLong(value);
  }

  private static long count(String json, String key) {
    return count(json, "", key);
  }

  /** Reads the number of the first key of that name behind {@code before}. */
  private static long count(String json, String before, String key) {
    Matcher found = Pattern.compile(before + "\"" + key + "\":(\\d+)").matcher(json);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }
}
