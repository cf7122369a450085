"""The words, letters and genres by which a song's language is told."""

from __future__ import annotations

LANGUAGES = (
    "en", "es", "pt", "fr", "it", "de", "nl", "sv", "fi", "tr", "id", "tl", "vi", "pl", "cs",
    "hu", "ro", "is", "hi", "ta", "ml", "ja", "ko", "zh", "ru", "uk", "sr", "fa", "ar", "he", "el",
    "th", "bn", "te", "ka", "hy", "pa", "gu", "kn",
)  # fmt: skip
"""ISO 639-1 codes. Indonesian also stands for Malay, Hindi also for Urdu, Chinese for Cantonese."""

STRONG: dict[str, str] = {
    "es": "y tú qué cómo corazón quiero noche soy hasta mujer ojos donde pero porque eres "
    "siempre hoy canción conmigo contigo nadie mío mía dónde aquí mañana quién más están "
    "también estoy fue muy cuando todo tus esta estás juntos vuelve dime besos bailar "
    "quieres tengo ayer lejos gracias",
    "pt": "não você pra eu meu minha saudade coração só tô tá pro onde até quem é ela ele isso "
    "nós são também seu sua noite hoje agora paixão lá aí vai vou tem foi nem deixa teu "
    "uma sem das dela mulher sonho quero amo ao aqui meus nosso nossa menina moça "
    "ninguém sou",
    "fr": "je c'est les une dans pour nous vous moi toi qui avec l'amour j'ai d'amour qu'on où "
    "être nuit jamais toujours ça aime t'aime n'est j'suis l'été l'homme d'un d'une suis "
    "sans cœur coeur veux peux rien aussi chanson jour",
    "it": "che è gli della nel amore sono perché cuore notte sempre anche più questa ancora sei "
    "dell'amore cosa così io senza sogno ragazza",
    "de": "ich nicht und ist eine dich mich wir für dir mir auch wenn nur immer keine kein wie "
    "leben weiß über mehr wieder nichts schön liebt meine deine zum bei durch einen zwei "
    "heute",
    "nl": "ik niet mijn jij zijn wij geen jou zonder liefde hou meisje",
    "sv": "jag är och inte när dig aldrig kärlek ska någon för ett varje mitt ditt själv "
    "mörkret vill bara hjärta sommar utan inget vår så",
    "fi": "minä sinä että rakkaus elämä ei mun sinun minun yö tämä kanssa sä mä",
    "tr": "bir yok beni aşk seni bana sana çok değil güzel gibi için olsun artık aşkım sevda "
    "sevgilim benim senin şey yalan ve beni unutma gel bilmem deli bende senden",
    "id": "aku kau cinta yang kamu hati untuk tanpa selamat rindu bukan dalam jangan dengan "
    "hanya sayang kasihku cintaku dirimu hatiku",
    "tl": "ikaw mga pag-ibig ako nang",
    "vi": "không của người tình một",
    "pl": "się nie jest mnie gdy tylko jestem",
    "hi": "hai tere mere teri meri tum tujhe tera mera nahi hoon pyar ishq kyun yeh jaane "
    "zindagi toh piya sanam kabhi kaise aaja jab koi hain tumhe mujhe tumse dekha humko",
    "ta": "unnai ennai kadhal naan unakku enakku",
    "ml": "ente njan njaan ennavale mazha penne muthe aaro",
}  # fmt: skip
"""Words that few other languages have: two points each."""

WEAK: dict[str, str] = {
    "es": "el la los las de del mi con una un sin nada amor vida que se te por para en como "
    "otra otro este luna sol al lo su sus ya amar alma fuego",
    "pt": "quando de da dos que amor vida nada um em por mais te se com como no na os as pelo "
    "samba sol flor dia luz tudo",
    "fr": "la le de des du mon ma mes tu et sur pas comme est un encore au aux ce ton ta en que "
    "on ne se vie amour monde petite petit",
    "it": "di il la non mio mia con per una un vita ti ciao quando se del mi bella ma tu tutto",
    "de": "der das ein mein du zu mit im liebe von den dein es vom",
    "nl": "het een van de op voor met dat",
    "sv": "det som till mig min du på den en av om vi med vem sång hej alla",
    "tr": "bu sen ne son gece zor kara",
    "id": "tak kasih bila itu ini dia",
    "tl": "ang sa ko mo",
    "hi": "dil ke ki se mein ka ko hum din pal",
    "ta": "nee oru",
    "ml": "nee oru",
}  # fmt: skip
"""Words that several languages share, or that stand in names: one point each."""

ENGLISH = (
    "the you my of to and it for your be like time go this one good out never night love life "
    "baby what let home girl heart down are world it's can again bad day here boy get way feel "
    "want if know more only blue black woman back say by now at last over make fire just eyes "
    "little up with all that dance take still away summer better high too about broken rain "
    "wild white heaven forever first hell sweet there days around tell angel call mind head "
    "lost loving things mine than new born stop town friends lonely something walk devil "
    "country dreams light right play stand nothing remember miss ever happy everything "
    "beautiful road burn change end keep free water side old ride sunshine ghost pretty house "
    "easy dancing stars help blood body loved alive without why off real running from somebody "
    "run young wish middle before leave always together dream when where who how we they she "
    "him i'm don't can't ain't you're i'll won't i've gotta wanna gonna not into through money "
    "song music man's people power big long feeling crazy another gone hold kiss tonight "
    "tomorrow yesterday morning sky hearts hurt cry tears lights soul rock hard truth fall "
    "falling fly king queen lady mother father brother living dead death hate kill dark "
    "darkness shadow need look place man sugar candy california york texas memories titanium"
)
"""Common words of English titles, one point each; short words that other languages have are left
out."""

LETTERS: tuple[tuple[str, str, int], ...] = (
    ("es", "[ñ¿¡]", 2),
    ("pt", "[ãõ]", 2),
    ("de", "ß", 2),
    ("de", "[äöü]", 1),
    ("sv", "å", 1),
    ("sv", "[äö]", 1),
    ("fi", "ä|ö", 1),
    ("tr", "[ğışİ]", 2),
    ("tr", "[öüç]", 1),
    ("fr", "[êàùœ]", 1),
    ("pl", "[łąęśżź]", 2),
    ("cs", "[řůě]", 2),
    ("hu", "[őű]", 2),
    ("ro", "[țţ]", 2),
    ("is", "[ðþ]", 2),
    ("vi", "[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", 3),
)
"""Language, letters of the Latin script that tell it, and points."""

SCRIPTS: dict[str, str] = {
    "ja": r"\p{Hiragana}|\p{Katakana}",
    "ko": r"\p{Hangul}",
    "zh": r"\p{Han}",
    "uk": r"[іїєґ]",
    "sr": r"[ђјљњћџ]",
    "ru": r"\p{Cyrillic}{2}",
    "fa": r"[گچپژی]",
    "ar": r"\p{Arabic}",
    "hi": r"\p{Devanagari}",
    "bn": r"\p{Bengali}",
    "ta": r"\p{Tamil}",
    "te": r"\p{Telugu}",
    "ml": r"\p{Malayalam}",
    "kn": r"\p{Kannada}",
    "gu": r"\p{Gujarati}",
    "pa": r"\p{Gurmukhi}",
    "th": r"\p{Thai}",
    "he": r"\p{Hebrew}",
    "el": r"\p{Greek}{3}",
    "ka": r"\p{Georgian}{2}",
    "hy": r"\p{Armenian}{2}",
}
"""What tells a language by its script, the first that is found."""

VERSIONS: dict[str, str] = {
    "en": r"\benglish\b|\binglés\b|\binglês\b",
    "es": r"\bspanish\b|\bespañol\b|\bspanglish\b",
    "pt": r"\bportuguese\b|\bportuguês\b",
    "fr": r"\bfrench\b|\bfrançais\b",
    "it": r"\bitalian\b|\bitaliano\b",
    "de": r"\bgerman\b|\bdeutsch\b",
    "ja": r"\bjapanese\b|\bjap\.? ver|日本語",
    "ko": r"\bkorean\b|한국어",
    "zh": r"\bchinese\b|\bmandarin\b|\bcantonese\b|国语|國語",
    "hi": r"\bhindi\b",
    "ta": r"\btamil\b",
    "te": r"\btelugu\b",
    "ml": r"\bmalayalam\b",
}
"""What names the language of a version, together with "version"."""

GENRE_TELLS: dict[str, str] = {
    "ko": r"\bk-?(?:pop|rap|rock|ballad)\b|\bkorean\b",
    "ja": r"\bj-?(?:pop|rock|idol|rap)\b|\bjapanese\b|\benka\b|\bvisual kei\b|\bvocaloid\b",
    "zh": r"\bmandopop\b|\bcantopop\b|\bc-?pop\b|\bchinese\b|\btaiwan\w*\b",
}
"""Genres that tell the language of songs whose other genres do not speak against it."""

GENRE_LIKELY: dict[str, str] = {
    "pt": r"\b(?:sertanejo|pagode|samba|forr[oó]|mpb|arrocha|axé|brega|piseiro)\b",
    "tr": r"\bturkish\b|\barabesk\b|\btürk\w*\b",
    "es": r"\b(?:salsa|tango|reggaeton|latino|spanish|cumbia|bachata|mariachi|ranchera|banda"
    r"|corrido\w*|norteño|vallenato|bolero|flamenco)\b",
}
"""Genres that tell the language where neither the title nor the artist sounds English."""

GENRE_SUPPORTS: dict[str, str] = {
    "es": r"\blatin\b|\bespañol\b|\bmexican\w*\b|\bargentin\w*\b|\bcolombian\w*\b|\bchile\w*\b",
    "pt": r"\bbrazil\w*\b|\bfado\b|\bbrasil\w*\b",
    "fr": r"\bfrench\b|\bchanson\b|\bfranc\w*\b|\bquebec\w*\b",
    "de": r"\bgerman\b|\bdeutsch\w*\b|\bschlager\b|\bvolksmusik\b",
    "it": r"\bitalian\w*\b",
    "sv": r"\bswedish\b|\bsvensk\w*\b",
    "nl": r"\bdutch\b|\bnederl\w*\b|\bhollands\b",
    "fi": r"\bfinnish\b|\bsuomi\w*\b",
    "pl": r"\bpolish\b|\bpolsk\w*\b",
    "hi": r"\bindian\b|\bbollywood\b|\bpop-film\b|\bfilmi\b|\bhindi\b|\bdesi\b",
    "ta": r"\bindian\b|\bpop-film\b|\btamil\b|\bkollywood\b|\bmalay\b",
    "ml": r"\bindian\b|\bpop-film\b|\bmalayalam\b|\bmalay\b|\bmollywood\b",
    "id": r"\bindonesian?\b|\bindo\b|\bmalay\b|\bmalaysian\b",
    "tl": r"\bopm\b|\bfilipino\b|\bpinoy\b",
    "ja": r"\banime\b|\bcity pop\b",
    "vi": r"\bv-?pop\b|\bvietnam\w*\b",
    "th": r"\bthai\b|\bt-pop\b",
    "ru": r"\brussian\b",
    "ar": r"\barabic?\b|\begyptian\b",
}
"""Genres by which a single word is enough."""
