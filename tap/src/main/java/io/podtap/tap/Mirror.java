/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import io.podtap.core.packet.FlowHash;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.LinkType;
import io.podtap.tap.encapsulate.LinkHeader;
import io.podtap.tap.ledger.FrameFailure;
import io.podtap.tap.ledger.InterfaceLedger;
import io.podtap.tap.ledger.Ledger;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.segment.Segmenter;
import io.podtap.tap.shed.Shedder;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A frame's way through the tap:
 *
 * <ol>
 *   <li>capture: the kernel puts frames into a ring ({@code core.capture}), what its filter refuses
 *       never gets there
 *   <li>locate: one walk over the headers; an unknown link layer ends here, counted
 *   <li>balance: the flow's hash chooses the sensor, and the lane to it
 *   <li>shed: of some frames only headers go on, or nothing, if a policy says so
 *   <li>segment: a plan of the packets that fit the sensor's path ({@link PacketWriter})
 *   <li>for each packet: a place, behind a tunnel's header in a batch of datagrams or behind a
 *       block's header in a stream's queue ({@link PacketOutput}); encapsulate: the link-layer
 *       header; segment: the packet itself, written behind it: the only copy of its bytes
 *   <li>send: full batches, and at the end of a ring block all, leave with one system call each;
 *       stream: the sensor's thread takes over
 * </ol>
 *
 * <p>The hot thread; no allocation.
 */
public final class Mirror implements FrameHandler {

  private final Headers headers = new Headers();
  private final LinkHeader link;
  private final Segmenter segmenter;
  private final PacketWriter packets;
  private final PacketOutput output;
  private @Nullable Shedder shedder;
  private final Ledger ledger;
  private final InterfaceLedger[] interfaces;
  private Sensors sensors;

  /**
   * @param shedder null where nothing is ever to be left out
   */
  public Mirror(
      LinkHeader link,
      Segmenter segmenter,
      PacketOutput output,
      Ledger ledger,
      Sensors sensors,
      @Nullable Shedder shedder) {
    this.shedder = shedder;
    this.link = link;
    this.segmenter = segmenter;
    this.packets = new PacketWriter(link, segmenter);
    this.output = output;
    this.ledger = ledger;
    this.interfaces = ledger.interfaces().toArray(InterfaceLedger[]::new);
    this.sensors = sensors;
    output.links(sensors.list());
  }

  @Override
  public void onFrame(Frame frame) {
    InterfaceLedger account = interfaces[frame.interfaceIndex()];
    int frameBytes = frame.originalLength();
    account.deliver(frameBytes);
    if (sensors.isEmpty()) {
      account.fail(FrameFailure.NO_SENSOR, frameBytes);
      return;
    }
    MemorySegment source = frame.segment();
    headers.locate(source, frame.offset(), frame.length(), frame.linkType());
    if (!link.locate(frame, headers)) {
      account.fail(
          frame.linkType() == LinkType.ETHERNET
              ? FrameFailure.LINK_HEADER_TRUNCATED
              : FrameFailure.LINK_TYPE_UNSUPPORTED,
          frameBytes);
      return;
    }
    int flow = FlowHash.of(source, frame.offset(), frame.length(), headers);
    int linkBytes = link.length();
    int kept = Integer.MAX_VALUE;
    if (shedder != null) {
      int verdict = shedder.decide(frame, headers, flow);
      if (verdict == Shedder.NOTHING) {
        account.leaveOut(frameBytes);
        return;
      }
      if (verdict == Shedder.HEADERS) {
        kept = linkBytes + (int) (headers.payloadOffset() - link.packetOffset());
      }
    }
    int frameBytesMax = output.begin(frame, headers, flow, sensors.of(flow), linkBytes);
    int count = packets.write(frame, headers, frameBytesMax, kept, output);
    long packetBytes = packets.bytes() + output.end();
    account.mirror(frameBytes, count, packetBytes);
    ledger.addPackets(count, packetBytes);
  }

  @Override
  public void onBatchEnd() {
    output.flush();
  }

  /** Leaves out something else from the next frame on; null for nothing. */
  void shedder(@Nullable Shedder next) {
    shedder = next;
  }

  /** Keeps so much of each packet from the next frame on. */
  void segment(SegmentSettings next) {
    segmenter.settings(next);
  }

  /** Uses other sensors from the next frame on; what waits for the present ones is sent first. */
  void sensors(Sensors next) {
    output.flush();
    sensors = next;
    output.links(next.list());
  }

  Sensors sensors() {
    return sensors;
  }
}
