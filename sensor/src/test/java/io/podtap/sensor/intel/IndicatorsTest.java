/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.intel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndicatorsTest {

  private static final long MINUTE_NS = 60_000_000_000L;

  @TempDir private Path folder = Path.of("");

  private Path write(String rows) throws IOException {
    Path file = folder.resolve("intel.dat");
    Files.writeString(file, "#fields\tindicator\tindicator_type\tmeta.source\n" + rows);
    return file;
  }

  @Test
  void findsTextsWhateverTheirCaseAndAddressesInNetworks() throws IOException {
    Indicators indicators =
        new Indicators(
            List.of(
                write(
                    """
                    evil.example\tIntel::DOMAIN\tone
                    EVIL.example\tIntel::DOMAIN\ttwo
                    192.0.2.0/24\tIntel::SUBNET\tthree
                    192.0.2.7\tIntel::ADDR\tfour
                    """)));
    Set<String> matched = new TreeSet<>();
    assertThat(indicators.find("Intel::DOMAIN", "Evil.Example", matched))
        .containsExactly("one", "two");
    assertThat(indicators.find("Intel::EMAIL", "evil.example", matched)).isEmpty();
    assertThat(matched).containsExactly("Intel::DOMAIN");
    matched.clear();
    assertThat(indicators.find("Intel::ADDR", "192.0.2.7", matched))
        .containsExactly("four", "three");
    assertThat(matched).containsExactly("Intel::ADDR", "Intel::SUBNET");
    assertThat(indicators.find("Intel::ADDR", "2001:db8::1", matched)).isEmpty();
  }

  @Test
  void readsFilesAgainAndKeepsWhatItHasWhenTheyAreInvalid() throws IOException {
    Path file = write("evil.example\tIntel::DOMAIN\tone\n");
    Indicators indicators = new Indicators(List.of(file));
    indicators.advance(MINUTE_NS);
    write("other.example\tIntel::DOMAIN\tone\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    indicators.advance(2 * MINUTE_NS);
    Set<String> matched = new TreeSet<>();
    assertThat(indicators.find("Intel::DOMAIN", "evil.example", matched)).isEmpty();
    assertThat(indicators.find("Intel::DOMAIN", "other.example", matched)).isNotEmpty();
    write("broken\n");
    Files.setLastModifiedTime(file, FileTime.fromMillis(2));
    indicators.advance(3 * MINUTE_NS);
    assertThat(indicators.problem()).contains(":2: indicator, indicator_type");
    assertThat(indicators.find("Intel::DOMAIN", "other.example", matched)).isNotEmpty();
    assertThatThrownBy(() -> new Indicators(List.of(file))).isInstanceOf(SettingsException.class);
  }
}
