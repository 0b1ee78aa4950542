/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.tap.ledger.Ledger;
import java.util.Map;
import java.util.Optional;

/**
 * One output at one moment: {@code offered = written + failed + waiting}. What goes to several
 * readers counts once for each.
 *
 * @param name as it was asked for
 * @param bytes of the frames that were written
 * @param failed frames by cause
 * @param waiting frames in the queue; none at the end
 * @param readers who reads now, where that is known; otherwise below 0
 * @param problem why nothing leaves, or an empty text
 * @param tunnel the ledger of the tap behind a tunnel: what was cut, what was sent
 */
public record OutputSummary(
    String name,
    long offered,
    long written,
    long bytes,
    Map<String, Long> failed,
    long waiting,
    int readers,
    String problem,
    Optional<Ledger.Snapshot> tunnel) {

  public OutputSummary {
    failed = Map.copyOf(failed);
  }

  static OutputSummary of(String name, OutputLedger ledger, int readers, String problem) {
    return new OutputSummary(
        name,
        ledger.offered(),
        ledger.written(),
        ledger.bytes(),
        ledger.failed(),
        ledger.waiting(),
        readers,
        problem,
        Optional.empty());
  }

  /** Returns frames that will never leave. */
  public long failedTotal() {
    return failed.values().stream().mapToLong(Long::longValue).sum();
  }
}
