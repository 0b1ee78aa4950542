/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.linux.Errno;
import io.podtap.core.linux.TapDevice;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.pcap.FrameQueue;

/** Frames as they come in at an interface of this host, for any tool that captures. */
final class InterfaceWriter implements FrameWriter, FrameHandler {

  private final TapDevice device;
  private final OutputLedger ledger;
  private final EthernetFrames ethernet = new EthernetFrames();
  private long frames;
  private long bytes;
  private volatile String problem = "";

  InterfaceWriter(TapDevice device, OutputLedger ledger) {
    this.device = device;
    this.ledger = ledger;
  }

  @Override
  public int write(FrameQueue queue) {
    return queue.poll(this);
  }

  @Override
  public void onFrame(Frame frame) {
    Frame whole = ethernet.of(frame);
    if (whole == null) {
      ledger.fail(OutputFailure.LINK_TYPE, 1);
      return;
    }
    int errno = device.write(whole.segment(), whole.offset(), whole.length());
    if (errno == 0) {
      frames++;
      bytes += frame.length();
    } else {
      ledger.fail(OutputFailure.INTERFACE, 1);
      problem = "interface " + device.name() + ": " + Errno.meaning(errno);
    }
  }

  @Override
  public void onBatchEnd() {
    ledger.write(frames, bytes);
    frames = 0;
    bytes = 0;
  }

  @Override
  public String problem() {
    return problem;
  }

  @Override
  public void close() {
    device.close();
  }
}
