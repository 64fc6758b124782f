import { Link } from "wouter";
import { Page } from "../shell/page";
import { useWords } from "../words/words";

export function NotFoundPage() {
  const { t } = useWords();
  return (
    <Page title={t("portal.not_found.title")}>
      <p>{t("portal.failure.not_found")}</p>
      <p>
        <Link href="/">{t("portal.not_found.home")}</Link>
      </p>
    </Page>
  );
}
