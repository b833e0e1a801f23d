package io.medallion.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Takes the README's pictures of a page that runs; {@code tools/release/pictures} calls it. */
@EnabledIfSystemProperty(named = "pictures.of", matches = "http.*")
class PicturesTest {
  private static final Path IMAGES = Path.of("../../docs/images");
  private static final int WIDTH = 1280;
  private static final int PHONE = 390;

  @TempDir Path folder;

  @Test
  void theyAreTaken() throws Exception {
    try (Browser browser = new Browser(folder)) {
      take(browser, WIDTH, 1000, "light", "page.png");
      take(browser, WIDTH, 1000, "dark", "page-dark.png");
      take(browser, PHONE, 844, "light", "page-phone.png");
    }
  }

  private static void take(Browser browser, int width, int height, String scheme, String name)
      throws Exception {
    browser.show(width, height, scheme);
    browser.open("about:blank");
    browser.open(System.getProperty("pictures.of"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                browser.text("#state").equals("Live")
                    && browser
                            .value("document.querySelectorAll('#devices tbody tr').length")
                            .asInt()
                        > 1);
    byte[] picture = browser.picture();
    assertThat(picture).startsWith(0x89, 'P', 'N', 'G');
    Files.write(IMAGES.resolve(name), picture);
  }
}
