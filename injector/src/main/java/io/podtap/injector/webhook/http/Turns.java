/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook.http;

/**
 * Lets other virtual threads have their turn: by themselves these give up their core only when they
 * wait, and one that reads a long body does not wait as long as there is input.
 */
public final class Turns {

  private Turns() {}

  /** Goes to the end of the queue. */
  @SuppressWarnings("ThreadPriorityCheck") // for a virtual thread this is no hint but an order
  public static void giveWay() {
    Thread.yield();
  }
}
