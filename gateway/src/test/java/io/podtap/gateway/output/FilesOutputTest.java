/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.SettingsException;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.packet.LinkType;
import io.podtap.core.pcap.PcapReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FilesOutputTest {

  private static final int QUEUE_BYTES = 1 << 20;

  @TempDir private Path folder;
  private final Senders senders = new Senders();

  private Output open(long rotateBytes, long keepBytes, long keepSeconds) {
    return Outputs.open(
            List.of(new OutputSettings.Files(folder, rotateBytes, 0, keepBytes, keepSeconds)),
            senders,
            QUEUE_BYTES)
        .getFirst();
  }

  private static void end(Output output) {
    output.stop();
    await().until(output::isEnded);
    output.close();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().contains(".pcapng")).sorted().toList();
    }
  }

  private static List<String> frames(Path file) {
    List<String> frames = new ArrayList<>();
    try (PcapReader reader = PcapReader.open(file)) {
      FrameHandler handler =
          new FrameHandler() {
            @Override
            public void onFrame(Frame frame) {
              frames.add(
                  frame.linkType()
                      + " "
                      + frame.interfaceIndex()
                      + " "
                      + frame.length()
                      + " "
                      + (frame.timestampNs() - Sending.TIME_NS));
            }

            @Override
            public void onBatchEnd() {}
          };
      while (reader.poll(handler) != FrameSource.END) {
        // read on
      }
      assertThat(reader.problem()).isEmpty();
    }
    return frames;
  }

  @Test
  void framesOfEachSenderAreOnAnInterfaceOfItsName() throws IOException {
    int shop = senders.add(new Sender("shop/shop-1", "tap 1", LinkType.ETHERNET));
    int vpn = senders.add(new Sender("shop/vpn", "tap 2", LinkType.RAW));
    Output output = open(0, 0, 0);
    output.offer(Sending.frame(0, 60), shop);
    output.offer(Sending.frame(1, 1_514), shop);
    output.offer(Sending.rawIp(40), vpn);
    output.offer(Sending.frame(3, 61), shop);
    output.publish();
    end(output);

    assertThat(files())
        .singleElement()
        .satisfies(file -> {
          assertThat(file.getFileName().toString())
              .matches("podtap-[0-9]{8}T[0-9]{6}Z-000001.pcapng");
          assertThat(frames(file))
              .containsExactly("1 0 60 0", "1 0 1514 1", "101 1 40 0", "1 0 61 3");
          assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
              .contains("shop/shop-1")
              .contains("shop/vpn");
        });
    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(4);
    assertThat(end.written()).isEqualTo(4);
    assertThat(end.bytes()).isEqualTo(60 + 1_514 + 40 + 61);
    assertThat(end.waiting()).isZero();
  }

  @Test
  void aNewFileBeginsAtTheSizeAndTheOldestGo() throws IOException {
    int sender = senders.add(new Sender("a", "", LinkType.ETHERNET));
    Files.writeString(folder.resolve("notes.txt"), "not ours");
    Output output = open(10_000, 45_000, 0);
    for (int i = 0; i < 100; i++) {
      long before = output.summary().written();
      Sending.offer(output, sender, 1, 1_000);
      await().pollInterval(Duration.ofMillis(1)).until(() -> output.summary().written() > before);
    }
    end(output);
    List<Path> captures =
        files().stream().filter(file -> file.toString().endsWith(".pcapng")).toList();
    assertThat(captures).hasSize(4);
    assertThat(captures.getLast().toString()).endsWith("-000010.pcapng");
    assertThat(frames(captures.getLast())).hasSizeBetween(9, 10);
    assertThat(folder.resolve("notes.txt")).exists();
    assertThat(output.summary().written()).isEqualTo(100);
  }

  @Test
  void filesAreDeletedByAgeAndWhatAnEarlierRunLeftIsFinished() throws IOException {
    Path old = Files.writeString(folder.resolve("podtap-20200101T000000Z-000001.pcapng"), "x");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4_000)));
    Path left =
        Files.writeString(folder.resolve("podtap-20200102T000000Z-000001.pcapng.part"), "y");
    Output output = open(0, 0, 3_600);
    await().until(() -> !Files.exists(old));
    assertThat(left).doesNotExist();
    assertThat(folder.resolve("podtap-20200102T000000Z-000001.pcapng")).exists();
    end(output);
  }

  @Test
  void aFolderThatIsAFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() ->
            Outputs.open(List.of(new OutputSettings.Files(file, 0, 0, 0, 0)), senders, QUEUE_BYTES))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void whenTheFolderIsGoneFramesAreCountedUntilItIsBack() throws IOException {
    int sender = senders.add(new Sender("a", "", LinkType.ETHERNET));
    Path lost = folder.resolve("lost");
    Output output =
        Outputs.open(List.of(new OutputSettings.Files(lost, 1, 0, 0, 0)), senders, QUEUE_BYTES)
            .getFirst();
    Sending.offer(output, sender, 1, 100);
    await().until(() -> output.summary().written() == 1);
    try (Stream<Path> all = Files.list(lost)) {
      for (Path one : all.toList()) {
        Files.delete(one);
      }
    }
    Files.delete(lost);
    Sending.offer(output, sender, 5, 100);
    await().until(() -> output.summary().failed().getOrDefault("not_written", 0L) == 5);
    assertThat(output.summary().problem()).contains("lost");

    Files.createDirectory(lost);
    await()
        .until(() -> {
          Sending.offer(output, sender, 1, 100);
          return output.summary().written() > 1;
        });
    end(output);
    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(end.written() + end.failedTotal());
    assertThat(end.waiting()).isZero();
  }

  /** What goes into a file that is no longer there is lost, and said to be. */
  @Test
  void whenTheFolderIsReplacedOnlyWhatIsThereCountsAsWritten() throws IOException {
    int sender = senders.add(new Sender("a", "", LinkType.ETHERNET));
    Path moved = folder.resolve("moved");
    Path present = folder.resolve("present");
    Output output =
        Outputs.open(List.of(new OutputSettings.Files(present, 0, 0, 0, 0)), senders, QUEUE_BYTES)
            .getFirst();
    Sending.offer(output, sender, 3, 100);
    await().until(() -> output.summary().written() == 3);
    Files.move(present, moved);
    Files.createDirectory(present);
    Sending.offer(output, sender, 50, 100);
    await().until(() -> output.summary().waiting() == 0);
    await()
        .until(() -> {
          Sending.offer(output, sender, 1, 100);
          return output.summary().written() > 3;
        });
    end(output);

    OutputSummary end = output.summary();
    assertThat(end.offered()).isEqualTo(end.written() + end.failedTotal());
    assertThat(count(present)).as("%s", end).isEqualTo(end.written() - 3);
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().contains(".pcapng"))
          .mapToLong(file -> frames(file).size())
          .sum();
    }
  }

  @Test
  void aFolderBelongsToOneGateway() throws IOException {
    Output output = open(0, 0, 0);
    assertThatThrownBy(() -> open(0, 0, 0))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("another gateway writes to it");
    end(output);
    end(open(0, 0, 0));
  }

  @Test
  void filesOfOtherNamesAreNeitherDeletedNorFinished() throws IOException {
    List<Path> others = new ArrayList<>();
    for (String name :
        List.of("podtap-notes.pcapng", "podtap-1.pcapng.part", "podtap-2020T0Z-1.pcapng")) {
      others.add(Files.writeString(folder.resolve(name), "x".repeat(1_000)));
    }
    Path target = Files.writeString(folder.resolve("elsewhere"), "x".repeat(1_000));
    others.add(
        Files.createSymbolicLink(folder.resolve("podtap-20200101T000000Z-000001.pcapng"), target));
    Path old = Files.writeString(folder.resolve("podtap-20200101T000000Z-000002.pcapng"), "xx");
    Output output = open(0, 1, 0);
    await().until(() -> !Files.exists(old));
    assertThat(others).allMatch(Files::exists);
    end(output);
  }
}
