package io.podtap.injector.manifest;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** The YAML parser as it is set up here. */
final class YamlText {

  /** Marks say where things stand; what bounds memory is {@link Outline}. */
  static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setUseMarks(true)
          .setCodePointLimit(Integer.MAX_VALUE)
          .setMaxAliasesForCollections(1_000)
          .setAllowNonScalarKeys(true)
          .build();

  private YamlText() {}

  static TokenPlaces scan(String text, boolean isKept) {
    return new TokenPlaces(
        new ScannerImpl(SETTINGS, new StreamReader(SETTINGS, text)), isKept);
  }
}
