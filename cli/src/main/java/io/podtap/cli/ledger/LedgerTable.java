package io.podtap.cli.ledger;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Prints a balance as two tables: frames of each interface up to cutting, then packets from taps to
 * sensors.
 */
final class LedgerTable {

  private static final String FRAMES =
      "%-10s %-28s %-12s %14s %12s %12s %12s %12s %14s %18s %14s %18s%n";
  private static final String PACKETS = "%-10s %-41s %14s %12s %12s %14s %12s %12s %12s %18s%n";

  private final PrintWriter out;

  LedgerTable(PrintWriter out) {
    this.out = out;
  }

  void print(Balance balance) {
    boolean hasTaps = balance.pairs().stream().anyMatch(pair -> pair.tap().isPresent());
    if (hasTaps) {
      printFrames(balance.pairs());
      out.println();
    }
    printPackets(balance.pairs());
    out.println();
    for (String problem : balance.problems()) {
      out.println(problem);
    }
    out.println(balance.problems().isEmpty() ? "It adds up." : "It does NOT add up.");
  }

  private void printFrames(List<Balance.Pair> pairs) {
    out.printf(
        FRAMES,
        "tap",
        "pod",
        "interface",
        "seen",
        "= dropped",
        "+ filtered",
        "+ shed",
        "+ failed",
        "+ mirrored",
        "bytes",
        "cut into",
        "bytes");
    for (Balance.Pair pair : pairs) {
      pair.tap()
          .ifPresent(tap -> {
            for (Map.Entry<String, Counts> one : tap.interfaces().entrySet()) {
              printFrames(tap, one.getKey(), one.getValue());
            }
          });
    }
  }

  private void printFrames(TapAccount tap, String name, Counts frames) {
    out.printf(
        FRAMES,
        tap.id(),
        tap.pod(),
        name,
        number(frames.get("seen")),
        number(frames.get("dropped")),
        number(frames.get("filtered")),
        number(frames.get("shed")),
        number(frames.get("failed")),
        number(frames.get("mirrored")),
        number(frames.get("mirrored_bytes")),
        number(frames.get("packets")),
        number(frames.get("packet_bytes")));
  }

  private void printPackets(List<Balance.Pair> pairs) {
    out.printf(
        PACKETS,
        "tap",
        "where",
        "sent",
        "+ waiting",
        "+ failed",
        "= received",
        "+ lost",
        "- twice",
        "open",
        "bytes");
    for (Balance.Pair pair : pairs) {
      pair.tap().ifPresent(tap -> printTap(pair, tap));
      pair.sensors().forEach(this::printSensor);
    }
  }

  private void printTap(Balance.Pair pair, TapAccount tap) {
    Counts packets = tap.packets();
    out.printf(
        PACKETS,
        tap.id(),
        tap.isEnded() ? "the tap, at its end" : "the tap, running",
        number(packets.get("sent")),
        number(packets.get("waiting")),
        number(packets.get("failed")),
        "",
        "",
        "",
        pair.sensors().isEmpty() ? "" : number(pair.missing()),
        number(packets.get("sent_bytes")));
  }

  private void printSensor(SensorAccount sensor) {
    Counts counts = sensor.counts();
    out.printf(
        PACKETS,
        sensor.tap(),
        sensor.sensor() + ", from " + sensor.from(),
        number(counts.get("sent")),
        "",
        "",
        number(counts.get("received")),
        number(counts.get("lost")),
        number(counts.get("surplus")),
        number(counts.get("unreported")),
        number(counts.get("received_bytes")));
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
