package io.podtap.sensor;

import io.podtap.core.config.Program;
import io.podtap.core.pcap.PcapReader;
import io.podtap.sensor.decapsulate.DatagramCutter;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.sink.FolderSink;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LossHandler;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.sink.StreamSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code podtap read}: a capture file in, logs out.
 *
 * <p>Exit code 0 when all was read; 1 when the file is damaged or cut short (the logs hold what
 * came before, and standard error says where it ended) or the logs could not be written; 2 when
 * nothing could be done at all.
 */
@Command(name = "read", description = "Write the logs of a capture file.")
public final class ReadCommand implements Program {

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
      description = "How records are written; default ${DEFAULT-VALUE}.")
  private String format = "json";

  @Mixin private AnalysisOptions analysis = new AnalysisOptions();

  @Override
  public Integer call() {
    LogFormat logFormat = LogFormat.named(format);
    try (PcapReader reader = PcapReader.open(pcap)) {
      AnalysisSettings settings = analysis.settings();
      try (FrameAnalysis engine =
          FrameAnalysis.of(settings, sink(logFormat), /* tapName= */ null, /* clock= */ null)) {
        try (DatagramCutter cutter = new DatagramCutter(engine)) {
          while (reader.poll(cutter) >= 0) {
            // the reader hands frames to the analysis
          }
          tell(cutter);
        }
      }
      return complain(reader.problem());
    } catch (UncheckedIOException e) {
      return complain(Optional.of("the logs could not be written: " + e.getMessage()));
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

  private LogSink sink(LogFormat logFormat) {
    return logs.equals("-")
        ? new StreamSink(
            new FileOutputStream(FileDescriptor.out), logFormat, ReadCommand::wallClockNs)
        : new FolderSink(
            Path.of(logs),
            logFormat,
            Rotation.NEVER,
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
