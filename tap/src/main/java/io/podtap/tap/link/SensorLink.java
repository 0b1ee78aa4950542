/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.link;

import io.podtap.core.config.Endpoint;

/**
 * A sensor in use, whatever carries packets to it. Used by the hot thread, which hands packets over
 * in a way that each kind of link has of its own.
 */
public interface SensorLink {

  /** Returns the sensor's address and port. */
  Endpoint sensor();

  /** Returns how many lanes it has, numbered through all sensors of a tap. */
  int count();

  /** Returns packets that have left for the sensor, reports left out. */
  long packetsSent();

  /**
   * Returns bytes of those packets: of a tunnel with its header, of a stream without its block's.
   */
  long bytesSent();

  /** Returns system calls that packets left with. */
  long calls();

  /** Returns whether flows should go there as long as there is a choice. */
  boolean isUsable();

  /** Looks whether the way to the sensor has changed; to be called every few seconds. */
  void refresh();

  /** Takes no further packet, and lets go of everything as soon as can be. Never waits. */
  void close();

  /** Returns whether, after {@link #close}, no count changes any more. */
  boolean isSettled();

  /**
   * Forgets the packets that were handed over and will never leave, and counts them; once settled.
   */
  void giveUp(FailureCounters failures);
}
