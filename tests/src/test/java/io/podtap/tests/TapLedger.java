/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

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
          .isEqualTo(number(one, "mirrored") + sumOfFailed(one));
    }
    assertThat(packets())
        .as("packets = sent + failed in %s", document)
        .isEqualTo(sent() + sumOfFailed(document));
    assertThat(linkSent()).as("sent = the sensors' sums in %s", document).isEqualTo(sent());
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
    return sumOfFailed(document) + interfaces().stream().mapToLong(TapLedger::sumOfFailed).sum();
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
        .flatMap(sensor -> objects(sensor, "lanes").stream())
        .map(lane -> number(lane, "port"))
        .toList();
  }

  /** Returns what the ledger says of the one sensor. */
  Map<String, Object> sensor() {
    assertThat(sensors()).hasSize(1);
    return sensors().getFirst();
  }

  /** Returns a count of the one sensor. */
  long sensorCount(String name) {
    return number(sensor(), name);
  }

  /** A tunnel's sensor has lanes, a stream's has not. */
  private long linkSent() {
    return sensors().stream()
        .flatMap(sensor ->
            sensor.containsKey("lanes") ? objects(sensor, "lanes").stream() : Stream.of(sensor))
        .mapToLong(link -> number(link, "sent"))
        .sum();
  }

  private long interfaceSum(String counter) {
    return interfaces().stream().mapToLong(one -> number(one, counter)).sum();
  }

  private List<Map<String, Object>> interfaces() {
    return objects(document, "interfaces");
  }

  private List<Map<String, Object>> sensors() {
    return objects(document, "sensors");
  }

  @SuppressWarnings("unchecked") // the form of the document
  private static List<Map<String, Object>> objects(Map<String, Object> parent, String key) {
    return (List<Map<String, Object>>) value(parent, key);
  }

  private static long number(Map<String, Object> parent, String key) {
    return (Long) value(parent, key);
  }

  /** Returns the sum of what failed, over all causes. */
  @SuppressWarnings("unchecked") // the form of the document
  private static long sumOfFailed(Map<String, Object> parent) {
    Map<String, Long> byCause = (Map<String, Long>) value(parent, "failed");
    return byCause.values().stream().mapToLong(Long::longValue).sum();
  }

  private static Object value(Map<String, Object> parent, String key) {
    return Objects.requireNonNull(parent.get(key), () -> "no " + key + " in " + parent);
  }

  @Override
  public String toString() {
    return document.toString();
  }
}
