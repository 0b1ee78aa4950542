/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.SavedTalk;
import io.podtap.sensor.dispatch.SavedTalk.Carrier;
import io.podtap.sensor.parse.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The fuzz targets begin where the parsers are: every parser has a kept input that it takes for its
 * own protocol, and every kept input belongs to a parser that there is.
 */
class FuzzInputsTest {

  /** A question is like any line, so these are not named in conn.log: an input is enough. */
  private static final Set<String> NEVER_CERTAIN = Set.of("finger");

  private static Map<String, byte[]> inputs(String target) throws IOException {
    Path folder = Path.of("src/test/resources/io/podtap/sensor/ParsersFuzzTestInputs", target);
    Map<String, byte[]> inputs = new HashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        inputs.put(String.valueOf(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return inputs;
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void everyParserHasAnInputOfItsProtocol(Carrier carrier) throws IOException {
    List<Service> parsers = SavedTalk.services(carrier);
    assertThat(parsers).isNotEmpty();
    List<String> missing = new ArrayList<>(parsers.stream().map(Service::zeekName).toList());
    List<String> names = List.copyOf(missing);
    for (Map.Entry<String, byte[]> input : inputs(carrier.folder()).entrySet()) {
      String name = SavedTalk.name(input.getValue());
      if (name.isEmpty()) {
        continue; // led by its content
      }
      assertThat(names).as("parser of the input " + input.getKey()).contains(name);
      if (NEVER_CERTAIN.contains(name)
          || Service.named(name).isIn(SavedTalk.run(carrier, input.getValue()).services())) {
        missing.remove(name);
      }
    }
    assertThat(missing).as("parsers without an input that reaches them").isEmpty();
  }

  @Test
  void everyReaderOfFilesHasAnInput() throws IOException {
    Map<String, byte[]> inputs = inputs("files");
    for (String log : new String[] {"ocsp", "pe", "x509"}) {
      byte[] input = requireNonNull(inputs.get(log), log);
      assertThat(FuzzScript.files(input).rows(log)).as(log).isNotEmpty();
    }
  }
}
