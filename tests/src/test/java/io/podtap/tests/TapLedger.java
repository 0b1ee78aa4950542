package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** The document that a tap writes with {@code --count-json}, and the sums that must hold in it. */
final class TapLedger {

  private final Map<String, Object> document;

  TapLedger(Map<String, Object> document) {
    this.document = document;
  }

  /** Asserts that everything seen is accounted for, by our own arithmetic and by the tap's. */
  TapLedger requireBalance() {
    for (Map<String, Object> one : interfaces()) {
      long delivered = number(one, "delivered");
      assertThat(number(one, "seen"))
          .as("seen = filtered + dropped + delivered in %s", document)
          .isEqualTo(number(one, "filtered") + number(one, "dropped") + delivered);
      assertThat(delivered)
          .as("delivered = mirrored + failed in %s", document)
          .isEqualTo(number(one, "mirrored") + sum(one.get("failed")));
    }
    assertThat(packets())
        .as("packets = sent + failed in %s", document)
        .isEqualTo(sent() + sum(document.get("failed")));
    assertThat(laneSent()).as("sent = the lanes' sums in %s", document).isEqualTo(sent());
    assertThat(document).containsEntry("balanced", true);
    return this;
  }

  /** Asserts that nothing was dropped and nothing failed. */
  TapLedger requireNoLoss() {
    assertThat(dropped()).as("dropped in %s", document).isZero();
    assertThat(failed()).as("failed in %s", document).isZero();
    return this;
  }

  long seen() {
    return interfaceSum("seen");
  }

  long filtered() {
    return interfaceSum("filtered");
  }

  long dropped() {
    return interfaceSum("dropped");
  }

  long mirrored() {
    return interfaceSum("mirrored");
  }

  long packets() {
    return number(document, "packets");
  }

  long sent() {
    return number(document, "sent");
  }

  /** Returns frames and packets that could not be mirrored. */
  long failed() {
    return sum(document.get("failed"))
        + interfaces().stream().mapToLong(one -> sum(one.get("failed"))).sum();
  }

  /** Returns what the smallest path takes now. */
  long datagramBytesMax() {
    return sensors().stream()
        .mapToLong(sensor -> number(sensor, "datagram_bytes_max"))
        .min()
        .orElseThrow();
  }

  /** Returns the source ports that the tunnel used. */
  List<Long> lanePorts() {
    return sensors().stream()
        .flatMap(sensor -> objects(sensor.get("lanes")).stream())
        .map(lane -> number(lane, "port"))
        .toList();
  }

  private long laneSent() {
    return sensors().stream()
        .flatMap(sensor -> objects(sensor.get("lanes")).stream())
        .mapToLong(lane -> number(lane, "sent"))
        .sum();
  }

  private long interfaceSum(String counter) {
    return interfaces().stream().mapToLong(one -> number(one, counter)).sum();
  }

  private List<Map<String, Object>> interfaces() {
    return objects(document.get("interfaces"));
  }

  private List<Map<String, Object>> sensors() {
    return objects(document.get("sensors"));
  }

  @SuppressWarnings("unchecked") // the form of the document
  private static List<Map<String, Object>> objects(Object list) {
    return (List<Map<String, Object>>) list;
  }

  private static long number(Map<String, Object> object, String key) {
    return (Long) object.get(key);
  }

  @SuppressWarnings("unchecked") // the form of the document
  private static long sum(Object counts) {
    return ((Map<String, Long>) counts).values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public String toString() {
    return document.toString();
  }
}
