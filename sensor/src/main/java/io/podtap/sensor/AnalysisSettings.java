/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.dispatch.Protocols;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.files.ExtractionSettings;
import io.podtap.sensor.track.Tracker;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * How packets are analysed.
 *
 * @param tunnelDepthMax tunnels in one another that are followed
 * @param fileHashes what is taken of every file: md5, sha1, sha256, separated by commas
 * @param extracted which files are kept in a folder
 * @param parsed protocols that are parsed, as far as there are parsers; others are only recognised
 * @param workers analyses that share the work and the memory, each on a thread of its own; 1 for
 *     one on the thread that reads
 * @param reservedBytes of the heap that others need
 */
public record AnalysisSettings(
    Tracker.Settings tracking,
    int tunnelDepthMax,
    String fileHashes,
    ExtractionSettings extracted,
    Set<Service> parsed,
    int workers,
    long reservedBytes) {

  /** More would wait for one another. */
  static final int WORKERS_MAX = 64;

  public AnalysisSettings {
    checkedWorkers(workers);
    parsed = Set.copyOf(parsed);
  }

  /** As above, with the whole heap. */
  public AnalysisSettings(
      Tracker.Settings tracking,
      int tunnelDepthMax,
      String fileHashes,
      ExtractionSettings extracted,
      Set<Service> parsed,
      int workers) {
    this(tracking, tunnelDepthMax, fileHashes, extracted, parsed, workers, /* reservedBytes= */ 0);
  }

  static int checkedWorkers(int workers) {
    if (workers < 1 || workers > WORKERS_MAX) {
      throw new SettingsException(workers + " workers are out of range 1 to " + WORKERS_MAX);
    }
    return workers;
  }

  /** Tunnels in tunnels that are followed unless said otherwise: Zeek follows as many. */
  public static final int TUNNEL_DEPTH_DEFAULT = 4;

  /** What is analysed when nothing is asked for. */
  public static AnalysisSettings standard(Tracker.Settings tracking) {
    return new AnalysisSettings(
        tracking,
        TUNNEL_DEPTH_DEFAULT,
        "",
        ExtractionSettings.NONE,
        Set.copyOf(Protocols.services()),
        1);
  }

  /** Returns the settings of one of several workers: its part of what there is. */
  AnalysisSettings ofWorker(int index) {
    SplittableRandom seeds = new SplittableRandom(tracking.seed() + index);
    Tracker.Settings own =
        new Tracker.Settings(
            Math.max(tracking.flowsMax() / workers, 1_024),
            tracking.checkChecksums(),
            seeds.nextLong(),
            tracking.reassemblyBytesMax() / workers);
    return new AnalysisSettings(
        own,
        tunnelDepthMax,
        fileHashes,
        extracted.ofWorker(workers),
        parsed,
        workers,
        reservedBytes);
  }

  /** Returns what each worker may hold. */
  HeapPlan heapPlan() {
    return HeapPlan.of(workers, reservedBytes);
  }

  /** Returns memory of one worker for frames that several taps may deliver. */
  long mergeBytesMax() {
    return Math.clamp(Runtime.getRuntime().maxMemory() / (8L * workers), 4 << 20, 64 << 20);
  }
}
