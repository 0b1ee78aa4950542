/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.ledger;

import io.podtap.core.report.Counters;

/**
 * What became of the frames of one interface; {@link TapMetrics#INTERFACE} declares the sums that
 * hold. Bytes are known of delivered frames only: the kernel does not say how long those were that
 * it dropped or filtered. Written by the hot thread.
 */
public final class InterfaceLedger {

  private final String name;
  private final Counters<FrameFailure> failed = new Counters<>(FrameFailure.class);
  private long seen;
  private long droppedByKernel;
  private long filtered;
  private long delivered;
  private long mirrored;
  private long cutFrames;
  private long shed;
  private long deliveredBytes;
  private long mirroredBytes;
  private long shedBytes;
  private long failedBytes;
  private long packets;
  private long packetBytes;

  /** Makes an empty ledger for the interface, or file, of that name. */
  public InterfaceLedger(String name) {
    this.name = name;
  }

  /** States what the source counts. */
  public void source(long seen, long droppedByKernel, long filtered, long delivered) {
    this.seen = seen;
    this.droppedByKernel = droppedByKernel;
    this.filtered = filtered;
    this.delivered = delivered;
  }

  /**
   * Counts a frame that reached the tap, before its fate is known.
   *
   * @param bytes of the whole frame, as those of the other methods
   */
  public void deliver(int bytes) {
    deliveredBytes += bytes;
  }

  /**
   * Counts what became of it.
   *
   * @param count packets that it was cut into
   * @param countBytes of these, as a sensor gets them
   */
  public void mirror(int bytes, int count, long countBytes) {
    mirrored++;
    cutFrames += count > 1 ? 1 : 0;
    mirroredBytes += bytes;
    packets += count;
    packetBytes += countBytes;
  }

  /** Counts a frame that policy leaves out. */
  public void leaveOut(int bytes) {
    shed++;
    shedBytes += bytes;
  }

  /** Counts a frame that is not mirrored. */
  public void fail(FrameFailure cause, int bytes) {
    failed.add(cause);
    failedBytes += bytes;
  }

  public String name() {
    return name;
  }

  /** Returns frames of the interface, own traffic left out. */
  public long seen() {
    return seen;
  }

  /** Returns frames for which the ring had no room. */
  public long droppedByKernel() {
    return droppedByKernel;
  }

  /** Returns frames that the user's filter left out. */
  public long filtered() {
    return filtered;
  }

  /** Returns frames that reached the tap. */
  public long delivered() {
    return delivered;
  }

  /** Returns frames that became packets. */
  public long mirrored() {
    return mirrored;
  }

  /** Returns frames that became several packets. */
  long cutFrames() {
    return cutFrames;
  }

  /** Returns frames that were left out by policy. */
  public long shed() {
    return shed;
  }

  /** Returns frames that did not, by cause. */
  public Counters<FrameFailure> failed() {
    return failed;
  }

  /** Returns bytes of the frames that reached the tap. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /** Returns bytes of the frames that became packets. */
  public long mirroredBytes() {
    return mirroredBytes;
  }

  /** Returns bytes of the frames that were left out by policy. */
  public long shedBytes() {
    return shedBytes;
  }

  /** Returns bytes of the frames that failed. */
  public long failedBytes() {
    return failedBytes;
  }

  /** Returns packets that the mirrored frames were cut into. */
  public long packets() {
    return packets;
  }

  /** Returns bytes of those packets, as a sensor gets them. */
  public long packetBytes() {
    return packetBytes;
  }
}
