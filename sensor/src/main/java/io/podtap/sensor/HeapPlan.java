/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.sensor.flow.FlowTable;

/**
 * How the heap is shared out: every bound of what packets can make an analysis hold, in one place.
 *
 * <p>Together the bounds stay within nine tenths of the heap, whatever its size and however many
 * workers there are. First comes what does not depend on traffic, then the rest is divided: three
 * fifths for flows, at most half of the heap; then for each worker a part of what is left, most of
 * it for what flows carry and a sixteenth for each table of its own. Bytes ahead of holes and
 * fragments are outside the heap and have bounds of their own.
 *
 * @param heapBytes the heap's limit
 * @param workers analyses that share it
 */
record HeapPlan(long heapBytes, int workers) {

  /** Logs that one analysis may write, with some to spare. */
  static final int LOGS = 48;

  private static final long MIB = 1 << 20;

  /** Classes, constants, sockets, taps, metrics, and what the collector needs to turn round. */
  private static final long PROGRAM_BYTES = 9 * MIB;

  /** Weird names seen, arrays for the payload at hand, batches, marks of fragments. */
  private static final long WORKER_BYTES = 5 * MIB / 4;

  /** Buffers of logs, where the heap allows. */
  private static final int LOG_BUFFER_BYTES_MAX = 64 << 10;

  private static final int LOG_BUFFER_BYTES_MIN = 4 << 10;

  /**
   * Tables that outlive a flow: DHCP, files in ranges, announced connections, tunnels, proxies,
   * certificates.
   */
  private static final int TABLES = 6;

  private static final int TABLE_SHARE = 16;

  /** Part of the heap for packets, hosts and connections that several taps deliver. */
  private static final int MERGE_SHARE = 24;

  private static final long MERGE_BYTES_MAX = 32 * MIB;
  private static final int FLOWS_MIN = 1_024;
  private static final int FLOWS_MAX = 1 << 20;

  /** What one flow's parsers may hold, if the worker's part allows. */
  private static final long FLOW_BYTES_MAX = 4 * MIB;

  /** Plans for this process. */
  static HeapPlan of(int workers) {
    return of(workers, /* reservedBytes= */ 0);
  }

  /**
   * Plans for this process.
   *
   * @param reservedBytes of the heap that others need
   */
  static HeapPlan of(int workers, long reservedBytes) {
    return new HeapPlan(Runtime.getRuntime().maxMemory() - reservedBytes, workers);
  }

  /** Returns what may be asked for in all. */
  long usableBytes() {
    return heapBytes / 10 * 9;
  }

  /** Returns the size at which one worker's buffer for one log is written. */
  int logBufferBytes() {
    return Math.clamp(heapBytes / 64 / workers / LOGS, LOG_BUFFER_BYTES_MIN, LOG_BUFFER_BYTES_MAX);
  }

  /** Returns what one worker's merge of several taps may take. */
  long mergeHeapBytesMax() {
    return Math.min(MERGE_BYTES_MAX, heapBytes / MERGE_SHARE) / workers;
  }

  /** Returns what is needed whatever the traffic, in all. */
  long fixedBytes() {
    return PROGRAM_BYTES
        + workers * (WORKER_BYTES + (long) LOGS * logBufferBytes() + mergeHeapBytesMax());
  }

  private long sharedBytes() {
    return Math.max(0, usableBytes() - fixedBytes());
  }

  /** Returns the flows that all workers together may follow. */
  int flowsMax() {
    long bytes = Math.min(heapBytes / 2, sharedBytes() / 5 * 3);
    return Math.clamp(bytes / FlowTable.BYTES_PER_FLOW, FLOWS_MIN, FLOWS_MAX);
  }

  private long workerShare() {
    long flows = (long) flowsMax() * FlowTable.BYTES_PER_FLOW;
    return Math.max(MIB / 4, (sharedBytes() - flows) / workers);
  }

  /** Returns what each table of one worker may take. */
  long tableBytesMax() {
    return Math.min(12 * MIB, workerShare() / TABLE_SHARE);
  }

  /** Returns what flows may carry at one worker. */
  long carriedBytesMax() {
    return workerShare() - TABLES * tableBytesMax();
  }

  /** Returns what one flow may carry. */
  long flowBytesMax() {
    return Math.min(FLOW_BYTES_MAX, carriedBytesMax() / 2);
  }

  /** Returns the sum of all bounds. */
  long sumBytes() {
    return fixedBytes()
        + (long) flowsMax() * FlowTable.BYTES_PER_FLOW
        + workers * (TABLES * tableBytesMax() + carriedBytesMax());
  }
}
