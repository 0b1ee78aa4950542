/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.capture;

import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.Poller;
import io.podtap.core.packet.FrameHandler;
import java.util.List;

/**
 * Several interfaces as one source, each getting its turn: a busy one never keeps another waiting
 * for more than a batch. Owns its captures. One thread.
 */
public final class MultiCapture implements FrameSource {

  private final InterfaceCapture[] captures;
  private final Poller poller;
  private int next;

  /** Takes over the captures, whose order is that of their interface indexes. */
  public MultiCapture(List<InterfaceCapture> captures) {
    this.captures = captures.toArray(InterfaceCapture[]::new);
    poller = new Poller(captures.size());
    for (InterfaceCapture capture : captures) {
      poller.add(capture.fd());
    }
  }

  @Override
  public int poll(FrameHandler handler) {
    int ended = 0;
    for (int i = 0; i < captures.length; i++) {
      InterfaceCapture capture = captures[next];
      next = next + 1 == captures.length ? 0 : next + 1;
      int count = capture.poll(handler);
      if (count > 0) {
        return count;
      }
      if (count == END) {
        ended++;
      }
    }
    return ended == captures.length ? END : 0;
  }

  /**
   * Waits until a batch is ready.
   *
   * @param timeoutMs at most so long
   */
  public void await(int timeoutMs) {
    if (poller.poll(timeoutMs) > 0) {
      for (int i = 0; i < captures.length; i++) {
        if (poller.hasError(i)) {
          captures[i].maintain(); // reads the error, else the next wait returns at once
        }
      }
    }
  }

  /** Looks after every interface, see {@link InterfaceCapture#maintain}. */
  public void maintain() {
    for (InterfaceCapture capture : captures) {
      capture.maintain();
    }
  }

  /** Uses another guard on every interface, see {@link InterfaceCapture#guard}. */
  public void guard(LoopGuard guard) {
    for (InterfaceCapture capture : captures) {
      capture.guard(guard);
    }
  }

  /** Takes no further frame on any interface, see {@link InterfaceCapture#stop}. */
  public void stop() {
    for (InterfaceCapture capture : captures) {
      capture.stop();
    }
  }

  /** Returns how many interfaces there are. */
  public int size() {
    return captures.length;
  }

  /** Returns one interface, counted from zero. */
  public InterfaceCapture get(int index) {
    return captures[index];
  }

  @Override
  public void close() {
    for (InterfaceCapture capture : captures) {
      capture.close();
    }
    poller.close();
  }
}
