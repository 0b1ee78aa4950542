/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.metrics.CountDocument;
import io.podtap.core.metrics.MetricsText;
import io.podtap.core.metrics.Reading;
import io.podtap.sensor.broker.OutboxSummary;
import io.podtap.sensor.ingest.IngestMetrics;
import io.podtap.sensor.ingest.IngestText;

/**
 * A sensor's counters as a count document and as metrics. Which values there are, {@link
 * SensorMetrics} declares; beside those of {@link IngestText} the document has:
 *
 * <pre>
 * {the analysis, "merged": {...}, log files, "interface": {...}, "identity": {...}, "notices": {...},
 *   "kafka": {log: {...}}}
 * </pre>
 *
 * {@code interface} is there when one is captured, {@code identity} when owners are named, {@code
 * notices} when detections run.
 */
final class SensorText {

  private SensorText() {}

  static String json(Sensor.Snapshot snapshot) {
    CountDocument document = new CountDocument();
    IngestText.add(document, snapshot.ingest());
    Reading merged = SensorMetrics.MERGED.read(snapshot.analysed().merged());
    document
        .add(snapshot.analysed().reading())
        .object("merged", object -> object.add(merged))
        .add(SensorMetrics.LOGS.read(snapshot.lostRecords()));
    snapshot
        .captured()
        .ifPresent(captured -> document.object("interface", object -> object.add(captured)));
    snapshot
        .owners()
        .ifPresent(owners -> document.object("identity", object -> object.add(owners)));
    snapshot
        .notices()
        .ifPresent(notices -> document.object("notices", object -> object.add(notices)));
    document.object(
        "kafka",
        object -> {
          for (OutboxSummary.Log log : snapshot.outbox().logs()) {
            object.object(log.name(), its -> its.add(SensorMetrics.KAFKA_LOG.read(log)));
          }
        });
    return document.end() + '\n';
  }

  static void add(MetricsText text, Sensor.Snapshot snapshot) {
    IngestText.add(text, snapshot.ingest(), IngestMetrics.SENSOR);
    text.add(snapshot.analysed().reading())
        .add(SensorMetrics.MERGED.read(snapshot.analysed().merged()))
        .add(SensorMetrics.LOGS.read(snapshot.lostRecords()));
    snapshot.captured().ifPresent(text::add);
    snapshot.owners().ifPresent(text::add);
    snapshot.notices().ifPresent(text::add);
    OutboxSummary outbox = snapshot.outbox();
    if (!outbox.logs().isEmpty()) {
      text.add(outbox.logs().stream().map(SensorMetrics.KAFKA_LOG::read).toList())
          .add(SensorMetrics.KAFKA.read(outbox));
    }
  }
}
