package io.podtap.sensor;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.Headers;
import io.podtap.sensor.defragment.Defragmenter;
import io.podtap.sensor.defragment.FragmentWeird;
import io.podtap.sensor.flow.CommunityId;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.ConnLog;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;
import io.podtap.sensor.track.FlowHandler;
import io.podtap.sensor.track.Tracker;
import io.podtap.sensor.track.Weirds;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * From frames to log records, the same for a capture file, an interface and a tunnel. A frame
 * passes:
 *
 * <ol>
 *   <li>advance: flows that are over by the frame's time end
 *   <li>headers: link layer, IP, transport are located ({@link Headers})
 *   <li>accept: lengths and IP checksum ({@link Tracker#accept})
 *   <li>defragment: fragments wait for the rest of their datagram ({@link Defragmenter})
 *   <li>track: the flow is found and updated ({@link Tracker#track})
 *   <li>log: a flow that ends becomes a record ({@link ConnLog})
 *   <li>sink: the record goes to its file ({@link LogSink})
 * </ol>
 *
 * One thread. Frames' bytes are not kept.
 */
public final class Analysis implements FrameHandler, AutoCloseable {

  private final Tracker tracker;
  private final LogSink sink;
  private final boolean perTap;
  private final Headers headers = new Headers();
  private final Defragmenter defragmenter = new Defragmenter();
  private long framesSeen;

  /**
   * @param tapName names the tap that a frame's interface index stands for; null when frames do not
   *     come from taps, and a flow counts the packets of every interface
   */
  public Analysis(Tracker.Settings settings, LogSink sink, @Nullable IntFunction<String> tapName) {
    this.sink = sink;
    this.perTap = tapName != null;
    CommunityId communityId = new CommunityId(0);
    LogSchema<Flow> schema =
        tapName == null
            ? ConnLog.schema(communityId, List.of())
            : ConnLog.schema(communityId, List.of(), tapName);
    LogStream<Flow> connections = sink.open(schema);
    this.tracker =
        new Tracker(
            settings,
            new FlowHandler() {
              @Override
              public void onPayload(
                  Flow flow,
                  boolean fromOriginator,
                  MemorySegment segment,
                  long offset,
                  int length) {
                flow.detection = ENOUGH;
              }

              @Override
              public void onFlowEnd(Flow flow) {
                connections.write(flow);
              }
            });
  }

  @Override
  public void onFrame(Frame frame) {
    framesSeen++;
    long nowNs = frame.timestampNs();
    tracker.advance(nowNs);
    MemorySegment segment = frame.segment();
    headers.locate(segment, frame.offset(), frame.length(), frame.linkType());
    long wireEnd = frame.offset() + frame.originalLength();
    boolean checksumsKnown = frame.isChecksumNeeded();
    if (!tracker.accept(segment, headers, wireEnd, checksumsKnown)) {
      return;
    }
    if (headers.isFragment()) {
      if (!defragmenter.offer(segment, headers, nowNs)) {
        return;
      }
      segment = defragmenter.segment();
      headers.locateIp(segment, defragmenter.offset(), defragmenter.length());
    }
    int tap = perTap ? frame.interfaceIndex() : Flow.NO_TAP;
    tracker.track(segment, headers, nowNs, tap, checksumsKnown);
  }

  @Override
  public void onBatchEnd() {}

  /**
   * Lets time pass without frames: flows end, lines reach their files.
   *
   * @param nowNs in the taps' time
   */
  public void idle(long nowNs) {
    tracker.advance(nowNs);
    sink.flush();
  }

  /** Returns how many frames came. */
  public long framesSeen() {
    return framesSeen;
  }

  /** Returns what was odd about them. */
  public Weirds weirds() {
    return tracker.weirds();
  }

  /** Returns what was odd about fragments. */
  public Map<FragmentWeird, Long> fragmentWeirds() {
    return defragmenter.weirds();
  }

  /** Returns flows that are under way. */
  public int flows() {
    return tracker.table().size();
  }

  /** Ends every flow and every log; nothing that was seen is lost. */
  @Override
  public void close() {
    tracker.drain();
    sink.close();
    defragmenter.close();
  }
}
