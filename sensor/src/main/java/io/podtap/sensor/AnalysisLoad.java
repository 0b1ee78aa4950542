/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.metrics.Reading;
import io.podtap.sensor.parse.files.ExtractionCounts;
import java.util.Map;

/**
 * Where an analysis met its limits, and its own mistakes.
 *
 * @param reading see {@link SensorMetrics#ANALYSIS}
 */
public record AnalysisLoad(Reading reading) {

  /** Returns flows whose parsers were let go: those of all flows held too much. */
  public long flowsUnparsed() {
    return reading.count("flows_unparsed");
  }

  /** Returns flows whose parsers were let go: those of one flow held too much. */
  public long flowsTooLarge() {
    return reading.count("flows_too_large");
  }

  /** Returns heap that is accounted for what flows carry. */
  public long carriedBytes() {
    return reading.count("carried_bytes");
  }

  /** Returns parsers that threw and were taken off their flow, by service. */
  public Map<String, Long> parserFailures() {
    return reading.counts("parser_failures");
  }

  /** Returns packets that were counted though bytes at their end were cut before they came. */
  public long cutPackets() {
    return reading.count("cut_packets");
  }

  /** Returns how many bytes those had lost. */
  public long cutBytes() {
    return reading.count("cut_bytes");
  }

  /** Returns what became of files that were to be kept. */
  public ExtractionCounts extracted() {
    return new ExtractionCounts(
        reading.count("extracted_files"),
        reading.count("extracted_bytes"),
        reading.count("extracted_files_cut"),
        reading.count("extracted_bytes_cut"),
        reading.count("extracted_files_refused"),
        reading.count("extraction_failures"));
  }
}
