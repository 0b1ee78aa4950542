/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.MetricsText;
import io.podtap.gateway.output.OutputSummary;
import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.sensor.ingest.IngestText;
import io.podtap.sensor.merge.MergeCounts;
import io.podtap.tap.ledger.LedgerText;
import java.util.Locale;

/**
 * A gateway's counters as a count document and as metrics. Which values there are, {@link
 * GatewayMetrics} declares; beside those of {@link IngestText} the document has:
 *
 * <pre>
 * {"merged": {...}, the gateway, "outputs": [{an output, "tunnel": {a tap's ledger}} ...]}
 * </pre>
 *
 * {@code tunnel} is there where an output is one.
 */
final class GatewayText {

  private GatewayText() {}

  static String json(Gateway.Snapshot snapshot) {
    CountDocument document = new CountDocument();
    IngestText.add(document, snapshot.ingest());
    document
        .object("merged", object -> object.add(GatewayMetrics.MERGED.read(snapshot.merged())))
        .add(GatewayMetrics.GATEWAY.read(snapshot))
        .array("outputs", snapshot.outputs(), GatewayText::add);
    return document.end() + '\n';
  }

  private static void add(CountDocument item, OutputSummary output) {
    item.add(GatewayMetrics.OUTPUT.read(output));
    output.tunnel().ifPresent(tap -> item.object("tunnel", object -> LedgerText.add(object, tap)));
  }

  static void add(MetricsText text, Gateway.Snapshot snapshot) {
    IngestText.add(text, snapshot.ingest(), IngestMetrics.GATEWAY);
    text.add(GatewayMetrics.MERGED.read(snapshot.merged()))
        .add(GatewayMetrics.GATEWAY.read(snapshot))
        .add(snapshot.outputs().stream().map(GatewayMetrics.OUTPUT::read).toList());
  }

  static String finalSummary(MergeCounts merged) {
    return String.format(
        Locale.ROOT,
        "podtap: several taps: %d duplicates dropped, %d packets of one tap only, %d forwarded"
            + " early because of the limit",
        merged.duplicates(),
        merged.sole(),
        merged.early());
  }

  static String finalSummary(OutputSummary output) {
    return String.format(
        Locale.ROOT,
        "podtap: %s: offered %d = written %d + failed %d%s%s",
        output.name(),
        output.offered(),
        output.written(),
        output.failedTotal(),
        output.failed().isEmpty() ? "" : " " + new java.util.TreeMap<>(output.failed()),
        output.waiting() == 0 ? "" : " + waiting " + output.waiting());
  }
}
