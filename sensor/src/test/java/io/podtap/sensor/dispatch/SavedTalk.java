/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.parse.DatagramProtocol;
import io.podtap.sensor.parse.MessageProtocol;
import io.podtap.sensor.parse.Service;
import io.podtap.sensor.parse.StreamProtocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in a file, as the fuzz tests take it: the name of a service and a line feed, then
 * steps. Names stay when protocols are added; numbers would not. An empty name leaves the protocol
 * to the content; a name that nothing has stands for any.
 *
 * <pre>
 *   0          1                   3
 *   +----------+---------+---------+------- - - -
 *   | what     | length, 2 bytes   | data
 *   +----------+---------+---------+------- - - -
 *   what: bit 0 the server does it; bits 1 to 3: 7 a gap, 6 an end, else data
 * </pre>
 */
public final class SavedTalk {

  private static final int NAME_BYTES_MAX = 32;
  private static final int STEP_BYTES_MAX = 1 << 12;
  private static final int STEP_HEADER = 3;
  private static final int GAP = 7;
  private static final int END = 6;

  /** Where conversations of tests are kept; null when they are not. */
  private static final @Nullable String KEPT = System.getenv("PODTAP_FUZZ_SEEDS");

  private static final int KEPT_BYTES_MAX = 6 << 10;

  /** What a protocol is over. */
  public enum Carrier {
    STREAMS,
    DATAGRAMS,
    MESSAGES;

    /** Returns the folder of its inputs. */
    public String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final ByteArrayOutputStream steps = new ByteArrayOutputStream();

  /** Returns the services that a carrier's parsers are of. */
  public static List<Service> services(Carrier carrier) {
    Parsers parsers = StreamScript.udp(1).parsers();
    return switch (carrier) {
      case STREAMS -> parsers.streams().stream().map(StreamProtocol::service).toList();
      case DATAGRAMS -> parsers.datagrams().stream().map(DatagramProtocol::service).toList();
      case MESSAGES -> parsers.messages().stream().map(MessageProtocol::service).toList();
    };
  }

  /** Returns the name that an input begins with. */
  public static String name(byte[] input) {
    int end = 0;
    while (end < Math.min(input.length, NAME_BYTES_MAX) && input[end] != '\n') {
      end++;
    }
    return new String(input, 0, end, StandardCharsets.ISO_8859_1);
  }

  /** Runs an input to its end. */
  public static StreamScript run(Carrier carrier, byte[] input) {
    String name = name(input);
    StreamScript script =
        carrier == Carrier.DATAGRAMS
            ? StreamScript.udp(name.isEmpty() ? 9_999 : 53)
            : StreamScript.tcp(name.isEmpty() ? 9_999 : 80, Integer.MAX_VALUE);
    script.replay();
    if (!name.isEmpty()) {
      script.of(carrier, chosen(services(carrier), name));
    }
    play(script, input, name.length() + 1);
    script.finish();
    return script;
  }

  private static Service chosen(List<Service> services, String name) {
    return services.stream()
        .filter(service -> service.zeekName().equals(name))
        .findFirst()
        .orElseGet(() -> services.get(Math.floorMod(name.hashCode(), services.size())));
  }

  private static void play(StreamScript script, byte[] input, int start) {
    int at = start;
    while (at + STEP_HEADER <= input.length) {
      boolean fromClient = (input[at] & 1) == 0;
      int what = input[at] >>> 1 & 7;
      int wanted = (input[at + 1] & 0xFF) << 8 | (input[at + 2] & 0xFF);
      at += STEP_HEADER;
      if (what == GAP) {
        script.gap(fromClient, 1 + wanted);
      } else if (what == END) {
        script.end(fromClient);
      } else {
        int end = Math.min(input.length, at + Math.min(wanted, STEP_BYTES_MAX));
        script.say(fromClient, Arrays.copyOfRange(input, at, end));
        at = end;
      }
    }
  }

  void onData(boolean fromClient, byte[] bytes) {
    for (int at = 0; at < bytes.length; at += STEP_BYTES_MAX) {
      int length = Math.min(STEP_BYTES_MAX, bytes.length - at);
      step(fromClient, 0, length);
      steps.write(bytes, at, length);
    }
  }

  void onGap(boolean fromClient, long length) {
    step(fromClient, GAP, (int) Math.min(length - 1, 0xFFFF));
  }

  void onEnd(boolean fromClient) {
    step(fromClient, END, 0);
  }

  private void step(boolean fromClient, int what, int length) {
    steps.write(what << 1 | (fromClient ? 0 : 1));
    steps.write(length >>> 8);
    steps.write(length);
  }

  /**
   * Keeps what was said as an input for a service, when a folder is named for such inputs and there
   * is no longer one.
   */
  void keep(Carrier carrier, Service service) {
    if (KEPT == null || !services(carrier).contains(service)) {
      return;
    }
    Path file = Path.of(KEPT, carrier.folder(), service.zeekName());
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes((service.zeekName() + '\n').getBytes(StandardCharsets.ISO_8859_1));
    input.writeBytes(steps.toByteArray());
    try {
      boolean isBetter = !Files.exists(file) || Files.size(file) < input.size();
      if (isBetter
          && input.size() <= KEPT_BYTES_MAX
          && service.isIn(run(carrier, input.toByteArray()).services())) {
        Files.createDirectories(Path.of(KEPT, carrier.folder()));
        Files.write(file, input.toByteArray());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isKept() {
    return KEPT != null;
  }
}
