/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.packet.LinkType;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers that stand for senders while frames wait in queues. A number is never given twice; what
 * it stands for is forgotten when its sender has long been silent or is called something else. One
 * thread gives numbers, any may ask.
 */
public final class Senders {

  /** Stands in for one that is forgotten, whose frames have waited for ages. */
  private static final Sender FORGOTTEN = new Sender("forgotten", "", LinkType.ETHERNET);

  private final ConcurrentHashMap<Integer, Sender> byNumber = new ConcurrentHashMap<>();
  private int next;

  /** Returns a new number for {@code sender}. */
  public int add(Sender sender) {
    byNumber.put(next, sender);
    return next++;
  }

  /** Forgets whom a number stands for. */
  public void remove(int number) {
    byNumber.remove(number);
  }

  /** Returns how many numbers stand for somebody. */
  public int size() {
    return byNumber.size();
  }

  /** Returns whom a number stands for. Any thread. */
  public Sender of(int number) {
    return byNumber.getOrDefault(number, FORGOTTEN);
  }

  /** Returns the link type of a sender's frames. Any thread. */
  public int linkType(int number) {
    return of(number).linkType();
  }
}
