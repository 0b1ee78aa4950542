/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import io.podtap.core.capture.InterfaceCapture;
import io.podtap.core.capture.MultiCapture;
import io.podtap.core.filter.BpfProgram;
import io.podtap.core.filter.Direction;
import io.podtap.core.filter.LoopGuard;
import io.podtap.core.linux.InterfaceFacts;
import io.podtap.core.packet.FrameHandler;
import io.podtap.tap.ledger.InterfaceLedger;
import java.util.ArrayList;
import java.util.List;

/** Frames of network interfaces. */
public final class LiveSource implements TapSource {

  private final MultiCapture captures;
  private final List<InterfaceLedger> ledgers = new ArrayList<>();

  private LiveSource(MultiCapture captures) {
    this.captures = captures;
    for (int i = 0; i < captures.size(); i++) {
      ledgers.add(new InterfaceLedger(captures.get(i).device()));
    }
  }

  public static LiveSource open(SourceSettings.Live settings, LoopGuard guard) {
    List<InterfaceCapture> opened = new ArrayList<>();
    try {
      for (String device : settings.interfaces()) {
        opened.add(
            InterfaceCapture.open(
                device,
                opened.size(),
                settings.ring(),
                guard,
                settings.filter(),
                settings.direction()));
      }
      return new LiveSource(new MultiCapture(opened));
    } catch (RuntimeException e) {
      opened.forEach(InterfaceCapture::close);
      throw e;
    }
  }

  @Override
  public int poll(FrameHandler handler) {
    return captures.poll(handler);
  }

  @Override
  public void await(int timeoutMs) {
    captures.await(timeoutMs);
  }

  @Override
  public void stop() {
    captures.stop();
  }

  @Override
  public void interrupt() {
    // poll never waits
  }

  @Override
  public void maintain() {
    captures.maintain();
  }

  @Override
  public void guard(LoopGuard guard) {
    captures.guard(guard);
  }

  @Override
  public List<BpfProgram> compile(String filter, Direction direction) {
    List<BpfProgram> programs = new ArrayList<>();
    for (int i = 0; i < captures.size(); i++) {
      programs.add(captures.get(i).compile(filter, direction));
    }
    return programs;
  }

  @Override
  public void filter(List<BpfProgram> programs) {
    List<BpfProgram> former = new ArrayList<>();
    try {
      for (BpfProgram program : programs) {
        InterfaceCapture capture = captures.get(former.size());
        BpfProgram present = capture.filter();
        capture.filter(program);
        former.add(present);
      }
    } catch (RuntimeException e) {
      for (int i = 0; i < former.size(); i++) {
        captures.get(i).filter(former.get(i));
      }
      throw e;
    }
  }

  @Override
  public List<InterfaceLedger> ledgers() {
    return ledgers;
  }

  @Override
  public int[] mtus() {
    return ledgers.stream()
        .mapToInt(one -> InterfaceFacts.find(one.name()).map(InterfaceFacts::mtu).orElse(0))
        .toArray();
  }

  @Override
  public void readStatistics() {
    for (int i = 0; i < captures.size(); i++) {
      InterfaceCapture capture = captures.get(i);
      capture.readStatistics();
      ledgers
          .get(i)
          .source(
              capture.seen(), capture.droppedByKernel(), capture.filtered(), capture.delivered());
    }
  }

  @Override
  public String absence() {
    StringBuilder gone = new StringBuilder();
    for (int i = 0; i < captures.size(); i++) {
      if (!captures.get(i).isPresent()) {
        gone.append(gone.isEmpty() ? "" : "\n").append("interface ");
        gone.append(captures.get(i).device()).append(" is gone");
      }
    }
    return gone.toString();
  }

  @Override
  public String problem() {
    return "";
  }

  @Override
  public void close() {
    captures.close();
  }
}
