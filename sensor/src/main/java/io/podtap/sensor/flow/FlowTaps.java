/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

/**
 * The taps that have sent packets of a flow, and what one of them alone has sent. Part of the flow;
 * one thread.
 */
public final class FlowTaps {

  /** Taps besides the first that are remembered, at most. */
  private static final int OTHERS_MAX = 8;

  private static final int[] NONE = new int[0];

  private int first;
  private int otherCount;
  private int[] others = NONE;
  private long soleCount;
  private long otherSoleCount;

  FlowTaps() {
    reset();
  }

  void reset() {
    first = Flow.NO_TAP;
    otherCount = 0;
    soleCount = 0;
    otherSoleCount = 0;
  }

  /** Takes over which taps another flow has, without their counts. */
  void copy(FlowTaps from) {
    first = from.first;
    otherCount = from.otherCount;
    others = from.otherCount > 0 ? from.others.clone() : NONE;
  }

  /** Says which tap sent a packet of the flow. The first one gives the record its name. */
  public void claim(int tap) {
    if (first == tap) {
      return;
    }
    if (first == Flow.NO_TAP) {
      first = tap;
      return;
    }
    for (int i = 0; i < otherCount; i++) {
      if (others[i] == tap) {
        return;
      }
    }
    if (others.length == 0) {
      others = new int[OTHERS_MAX];
    }
    if (otherCount < OTHERS_MAX) {
      others[otherCount++] = tap;
    }
  }

  /** Counts packets, or takes them back, that one tap alone has delivered while others see it. */
  public void addSole(int tap, int packets) {
    if (tap == first) {
      soleCount += packets;
    } else {
      otherSoleCount += packets;
    }
  }

  /** Returns the tap that the flow's record is named after, or {@link Flow#NO_TAP}. */
  public int first() {
    return first;
  }

  /** Returns how many more taps have sent packets of the flow. */
  public int otherCount() {
    return otherCount;
  }

  /** Returns one of the other taps. */
  public int other(int at) {
    return others[at];
  }

  /** Returns how many packets the first tap alone has delivered, while another saw the flow. */
  public long soleCount() {
    return soleCount;
  }

  /** Returns how many packets another tap alone has delivered. */
  public long otherSoleCount() {
    return otherSoleCount;
  }
}
