//! Words of the deny-list in languages of files that come from elsewhere: the few that mean a person and nothing else.
//! Latin letters are written without their marks, as names are read (`henkilötunnus` → `henkilotunnus`).

/// Whole words in Finnish and German.
pub(super) const LATIN: &str = "\
    henkilotunnus hetu syntymaaika syntymapaiva syntymapaikka syntymavuosi puhelin puhelinnumero puhelinnro matkapuhelin \
    kansalaisuus etunimi etunimet sukunimi sahkoposti uskonto aidinkieli sukupuoli omistaja haltija haltijan asukas asukkaan asukkaat \
    vorname vornamen nachname nachnamen familienname geburtsname geburtsdatum geburtstag geburtsort geburtsjahr \
    geburtsland staatsangehorigkeit staatsangehoerigkeit staatsburgerschaft staatsbuergerschaft nationalitat \
    nationalitaet telefon telefonnummer telefonnr handy handynummer handynr mobilnummer mobiltelefon konfession \
    religionszugehorigkeit personalausweis ausweisnummer ausweisnr reisepass eigentumer eigentuemer mieter vermieter \
    geschlecht krankheit behinderung schwerbehindert diagnose strafregister vorstrafe vorstrafen ansprechpartner";
/// Korean and Japanese ones, anywhere in a name.
pub(super) const ANYWHERE: &str = "\
    성명 성함 주민등록 주민번호 외국인등록 생년월일 출생 전화번호 휴대폰 핸드폰 휴대전화 연락처 국적 성별 여권 이메일 혈액형 세대주 소유자 \
    임차인 병력 \
    氏名 生年月日 誕生日 年齢 携帯番号 連絡先 連络先 世帯主 所有者 続柄 本籍 住民票 個人番号 マイナンバー 旅券 病歴 障害者 血液型 \
    メールアドレス";
/// The same as the whole of a name: inside another they may be harmless (종교시설 is a place of worship). 이름 is a plain
/// "name", of things as well, and is none of them: a person's is 성명.
pub(super) const WHOLE: &str = "나이 연령 전화 종교 민족 직업 질병 장애 장애등급 전과 名前 お名前 フリガナ ふりがな";
