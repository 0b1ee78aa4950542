/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import io.podtap.core.agent.Termination;
import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.decapsulate.DatagramCutter;
import io.podtap.sensor.identity.source.IdentitySettings;
import io.podtap.sensor.identity.source.OwnerSources;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.parse.files.ExtractionCounts;
import io.podtap.sensor.sink.FolderSettings;
import io.podtap.sensor.sink.FolderSink;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LossHandler;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.sink.StreamSink;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code podtap read}: a capture file in, logs out.
 *
 * <p>Of a pipe, records appear as flows end: while it is silent time goes on, from that of the last
 * packet. SIGINT and SIGTERM end the reading as the end of the file does.
 *
 * <p>Exit code 0 when all was read, or all until a signal; 1 when the file is damaged or cut short
 * (the logs hold what came before, and standard error says where it ended) or the logs could not be
 * written; 2 when nothing could be done at all.
 */
@Command(name = "read", description = "Write the logs of a capture file.")
public final class ReadCommand implements Program {

  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How long a signal may wait for the records of open flows. */
  private static final long END_MS_MAX = 60_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--pcap",
      required = true,
      paramLabel = "FILE",
      description = "Capture file, pcap or pcapng; - is standard input.")
  private Path pcap = Path.of("-");

  @Option(
      names = "--logs",
      required = true,
      paramLabel = "DIR",
      description = "Folder for the logs; - is standard output.")
  private String logs = "-";

  @Option(
      names = "--format",
      defaultValue = "json",
      paramLabel = "json|tsv",
      description = "Format of records (default: ${DEFAULT-VALUE}).")
  private String format = "json";

  @Mixin private IdentityOptions identities = new IdentityOptions();

  @Mixin private AnalysisOptions analysis = new AnalysisOptions();

  @Mixin private NoticeOptions detection = new NoticeOptions();

  private volatile boolean stopping;
  private volatile @Nullable LivePipe pipe;

  /** Time of the latest packet, nanoseconds since 1970; {@link Long#MIN_VALUE} before the first. */
  private volatile long latestNs = Long.MIN_VALUE;

  private @Nullable FrameAnalysis engine;

  @Override
  public Integer call() {
    LogFormat logFormat = LogFormat.named(format);
    try (Termination termination = Termination.install(this::stop, END_MS_MAX)) {
      int exitCode = read(logFormat);
      termination.exitCode(exitCode);
      return exitCode;
    }
  }

  private void stop() {
    stopping = true;
    LivePipe live = pipe;
    if (live != null) {
      live.stop();
    }
  }

  private int read(LogFormat logFormat) {
    IdentitySettings named = identities.settings();
    OwnerSources owners = OwnerSources.open(named);
    try (PcapReader reader = open()) {
      AnalysisSettings settings =
          analysis.settings(named.bytesMax(Runtime.getRuntime().maxMemory()));
      FrameAnalysis ended;
      try (FrameAnalysis made =
              FrameAnalysis.of(
                  settings,
                  detection.in(
                      () ->
                          owners == null
                              ? sink(logFormat, settings)
                              : owners.enrich(sink(logFormat, settings), /* taps= */ null),
                      owners == null ? WorkloadNames.NONE : new OwnerNames(owners.identities()),
                      spec.commandLine().getErr()::println),
                  /* tapName= */ null,
                  pipe == null ? null : this::streamNs);
          DatagramCutter cutter = new DatagramCutter(made)) {
        engine = made;
        ended = made;
        FrameHandler handler = pipe == null ? cutter : new Timed(cutter);
        while (!stopping && reader.poll(handler) >= 0) {
          // the reader hands frames to the analysis
        }
        tell(cutter);
        engine = null;
      }
      tell(ended.summary().load().extracted());
      if (stopping) {
        spec.commandLine().getErr().println("podtap: stopped; the logs hold what was read");
        return 0;
      }
      return complain(reader.problem());
    } catch (SettingsException e) {
      if (stopping) {
        return 0; // before the capture began
      }
      throw e;
    } catch (UncheckedIOException e) {
      return complain(Optional.of("logs could not be written: " + e.getMessage()));
    }
  }

  /** Says what was not read as it stands in the file. */
  private void tell(DatagramCutter cutter) {
    if (cutter.framesCut() > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "podtap: "
                  + cutter.framesCut()
                  + " joined datagrams were cut into "
                  + cutter.datagramsCut()
                  + ", of which the capture lacks "
                  + cutter.datagramsUncaptured());
    }
  }

  /** Says what is missing of the files that were to be kept. */
  private void tell(ExtractionCounts extracted) {
    if (extracted.cutFiles() + extracted.refusedFiles() + extracted.failures() > 0) {
      spec.commandLine()
          .getErr()
          .println(
              "podtap: "
                  + extracted.files()
                  + " files were kept, of which "
                  + extracted.cutFiles()
                  + " lack "
                  + extracted.cutBytes()
                  + " bytes; "
                  + extracted.refusedFiles()
                  + " were not kept; the system refused "
                  + extracted.failures()
                  + " times");
    }
  }

  private PcapReader open() {
    boolean standard = pcap.toString().equals("-");
    Path file = standard ? Path.of("/dev/stdin") : pcap;
    if (!Files.exists(file) || Files.isRegularFile(file) || Files.isDirectory(file)) {
      return PcapReader.open(pcap);
    }
    LivePipe live =
        new LivePipe(
            () ->
                standard
                    ? new FileInputStream(FileDescriptor.in).getChannel()
                    : FileChannel.open(file, StandardOpenOption.READ),
            this::tick,
            TICK_NS);
    pipe = live;
    if (stopping) {
      live.stop();
    }
    return PcapReader.open(standard ? "standard input" : pcap.toString(), live);
  }

  /** Remembers how late it is in the stream. */
  private final class Timed implements FrameHandler {

    private final FrameHandler target;

    Timed(FrameHandler target) {
      this.target = target;
    }

    @Override
    public void onFrame(Frame frame) {
      long timeNs = frame.timestampNs();
      if (timeNs > latestNs) {
        latestNs = timeNs;
      }
      target.onFrame(frame);
    }

    @Override
    public void onBatchEnd() {
      target.onBatchEnd();
    }
  }

  /** Lets time pass between packets. */
  private void tick() {
    FrameAnalysis present = engine;
    long nowNs = streamNs();
    if (present != null && nowNs != Long.MIN_VALUE) {
      present.idle(nowNs);
    }
  }

  /** Returns the latest packet's time and how long nothing has come since. Any thread. */
  private long streamNs() {
    LivePipe live = pipe;
    long packetNs = latestNs;
    return live == null || packetNs == Long.MIN_VALUE ? packetNs : packetNs + live.silenceNs();
  }

  private LogSink sink(LogFormat logFormat, AnalysisSettings settings) {
    return logs.equals("-")
        ? new StreamSink(
            new FileOutputStream(FileDescriptor.out), logFormat, ReadCommand::wallClockNs)
        : new FolderSink(
            new FolderSettings(
                Path.of(LogFolder.resolve(logs, System.getenv())),
                Rotation.NEVER,
                FolderSettings.Older.PUT_AWAY,
                settings.heapPlan().logBufferBytes()),
            logFormat,
            ReadCommand::wallClockNs,
            LossHandler.GIVE_UP);
  }

  private static long wallClockNs() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  private int complain(Optional<String> problem) {
    problem.ifPresent(text -> spec.commandLine().getErr().println("podtap: " + text));
    return problem.isPresent() ? 1 : 0;
  }
}
