"""The words by which songs that nobody asked for are recognised, in the languages of catalogues.

All are regular expressions for lower-case text, without look-around, as polars has none.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """Marks songs whose text matches a pattern.

    Attributes:
        text: `title` (without guests), `base` (without brackets and what follows a dash),
            `additions` (these), `album` or `artists`.
        pattern: what marks a song.
        unless: what in the same text unmarks it; empty: nothing.
    """

    text: str
    pattern: str
    unless: str = ""


def _words(*patterns: str) -> str:
    """Any of these as whole words."""
    return rf"\b(?:{'|'.join(patterns)})\b"


_CHRISTMAS = _words(
    "christmas(?:time|es)?",
    "x-?mas",
    "yuletide",
    "santa claus",
    "santa baby",
    "saint nick",
    "st\\.? nick",
    "navidad(?:es)?",
    "navideñ[oa]s?",
    "villancicos?",
    "bon nadal",
    "joyeux no[eë]l",
    "p[eè]re no[eë]l",
    "papa no[eë]l",
    "papai noel",
    "buon natale",
    "babbo natale",
    "bianco natale",
    "canzoni di natale",
    "(?:feliz|noites? de|luzes de|este|neste|hari|lagu|canção de|canções de|músicas de) natal",
    "weihnacht(?:en|s\\w*)?",
    "(?:god|glade|glædelig|gledelig|vit|mer|min|julens|en|vår) jul",
    "jul (?:igen|hos|på|i)",
    "jul(?:sång|sånger|esang\\w*|afton|aften|tomten?|låtar|musik|sanger|natt|helgen)",
    "joulu\\w*",
    "kerst(?:mis|feest|lied\\w*)?",
    "kol[eę]d\\w*",
    "vánoc\\w*",
    "karácsony\\w*",
    "crăciun\\w*",
    "pasko(?:ng)?",
    "giáng sinh",
    "рождеств\\w*",
    "χριστούγεννα",
)
_CHRISTMAS_SCRIPTS = "クリスマス|サンタクロース|圣诞|聖誕|耶誕|크리스마스|성탄"
_CAROLS = _words(
    "jingle bells?(?: rock)?",
    "silver bells",
    "winter wonderland",
    "let it snow!?,? let it snow",
    "(?:o|oh),? holy night",
    "(?:o|oh),? come,? all ye faithful",
    "adeste fideles",
    "(?:o|oh),? little town of bethlehem",
    "(?:o|oh),? come,? (?:o|oh)?,? ?come,? emm?anuel",
    "(?:o|oh) tannenbaum",
    "away in a manger",
    "hark!? the herald",
    "god rest (?:ye|you)",
    "good king wenceslas",
    "deck the halls?",
    "frosty the snowman",
    "rudolph,? the red",
    "rudolph the red[- ]nosed",
    "little drummer boy",
    "(?:the )?first no[eë]l",
    "carol of the bells",
    "ding dong merrily",
    "what child is this",
    "we three kings",
    "coventry carol",
    "holly jolly",
    "holly and the ivy",
    "here comes santa",
    "santa claus is com\\w*",
    "up on the house ?top",
    "chestnuts roasting",
    "happy holidays?",
    "home for the holidays",
    "il est né le divin enfant",
    "petit papa noël",
    "vive le vent",
    "mon beau sapin",
    "minuit,? chrétiens",
    "stille nacht",
    "leise rieselt der schnee",
    "alle jahre wieder",
    "(?:ihr kinderlein|o du fröhliche)",
    "kling,? glöckchen",
    "noche de paz",
    "campana sobre campana",
    "los peces en el río",
    "el burrito sabanero",
    "mi burrito sabanero",
    "tu scendi dalle stelle",
    "noite feliz",
    "nu är det jul",
    "tänd ett ljus",
    "when santa got stuck",
    "fairytale of new york",
)
_SAMPLER = (
    r"\b20\d\d\b|\bbut not\b|party\b|\bplaylist\b|\bdinner\b|\bvibes\b|\bclassical\b|\bklassi"
    r"|\binstrumentals?\b"
)
"""Names of albums that also hold songs which have nothing to do with the season."""

_LIVE = (
    r"\b(?:live(?:versie| version)?|unplugged|ao vivo|en vivo|vivo|en directo|directo|en public"
    r"|en concert|in concert|dal vivo|canlı(?: performans)?|konser|concert version|en direct"
    r"|livekonzert|на концерте)\b|ライブ|라이브|现场|現場"
)
_CHILDREN = _words(
    "nursery rhymes?",
    "lullab(?:y|ies) (?:renditions?|versions?|covers?)",
    "(?:baby|babies|bedtime|nursery) lullab(?:y|ies)",
    "lullab(?:y|ies) (?:for|to) (?:kids|children|babies|baby|toddlers|little)",
    "(?:songs?|music|hits|rhymes) for (?:kids|children|babies|toddlers|little ones)",
    "(?:kids'?|children'?s|toddler) (?:songs?|music|hits|favou?rites|party|rhymes|classics)",
    "canciones (?:infantiles|para niños|de cuna)",
    "música (?:infantil|para niños|para bebês|para bebés)",
    "músicas infantis",
    "cantigas de roda",
    "canções de ninar",
    "comptines",
    "chansons pour (?:les )?enfants",
    "kinderlieder",
    "schlaflieder",
    "kinderliedjes",
    "barnvisor",
    "barnsånger",
    "barnesanger",
    "çocuk şarkıları",
    "lagu anak",
    "детские песни",
    "колыбельн\\w*",
)
_CHILDREN_SCRIPTS = "童謡|儿歌|兒歌|子守唄|子守歌|동요|자장가"
_CHILDREN_ARTISTS = (
    r"(?:^|;)(?:cocomelon|pinkfong|super simple songs|kidz bop kids|the wiggles|raffi|peppa pig"
    r"|peppa pig stories|blippi|little baby bum[^;]*|chuchu tv|mini pop kids|the kiboomers"
    r"|the countdown kids|kidsongs|cooltime kids|cedarmont kids|the laurie berkner band"
    r"|caspar babypants|dora the explorer|paw patrol|bob the builder|thomas & friends|barney"
    r"|the learning station|muffin songs|toddler tunes|mother goose club|bounce patrol"
    r"|rockabye baby!|baby einstein[^;]*|galinha pintadinha|mundo bita|palavra cantada"
    r"|cri-cri|el reino infantil|la granja de zenón|cantajuego|pica-pica|rolf zuckowski"
    r"|simone sommerland[^;]*|henri dès|titounis|billboard baby lullabies"
    r"|[^;]*\b(?:baby lullab(?:y|ies)|nursery rhymes?|baby sleep|kinderliederbande)\b[^;]*)(?:;|$)"
)
_KARAOKE = (
    _words(
        "karaoke",
        "in the style of",
        "in style of",
        "al estilo de",
        "originally performed",
        "(?:as )?made (?:famous|popular) by",
        "backing tracks?",
        "off vocal",
        "minus one",
        "without vocals",
        "no vocals",
        "tribute (?:version|band)",
        "sing[- ]?along version",
        "playback version",
        "acoustic covers versions?",
        "(?:acoustic )?covers? of popular songs",
    )
    + "|カラオケ|караоке|노래방|伴奏"
)
_COVERS = _words(
    "karaoke",
    "(?:piano|guitar|instrumental|acoustic|ac[uo]ustic|acousic|chill ?out|chill|lounge|pop|jazz"
    "|bossa(?: nova)?|lo-?fi|relaxing|cello|violin|strings?) covers?(?: .*)?",
    "covers? of (?:popular|pop|the)",
    "cover sessions",
    "(?:piano|string quartet|acoustic|lullaby|guitar) tribute to",
    "in the style of",
    "made famous by",
)
_COVER_ARTISTS = (
    r"\b(?:karaoke|tribute (?:band|kings|team|crew|stars|players|mega stars|divas)"
    r"|cover (?:band|guru|kings|crew|nation)|covers? culture|piano covers|acoustic covers?"
    r"|piano tribute players|vitamin string quartet|string tribute players|the hit crew"
    r"|party tyme|ameritz|sing king|zzang|drew's famous|boyce avenue)\b"
)
_SLEEP_SOUNDS = _words(
    "(?:white|brown|pink|green|grey|gray) noises?",
    "rain sounds?",
    "nature sounds?",
    "ocean (?:sounds?|waves)",
    "sleep (?:sounds?|music|baby)",
    "baby sleep",
    "sleeping sounds?",
    "thunderstorm sounds?",
    "sounds? of nature",
    "meeresrauschen",
    "weißes rauschen",
    "naturgeräusche",
    "ruido blanco",
    "ruído branco",
    "bruit blanc",
    "sonidos? (?:de la naturaleza|de lluvia)",
    "sons da natureza",
    "música para dormir",
)

PATTERNS: dict[str, tuple[Rule, ...]] = {
    "CHRISTMAS": (
        Rule("title", f"{_CHRISTMAS}|{_CHRISTMAS_SCRIPTS}|{_CAROLS}", r"\bmr\.? lawrence\b"),
        Rule(
            "title", r"\bnoël\b|^(?:i|o|um|é|então é) natal\b|^natal$|^silent night\b|^mistletoe\b"
        ),
        Rule("base", r"\bjulen\b|^jul!*$|^sleigh ride$|^(?:last|white|blue) christmas"),
        Rule("title", r"^let it snow\b|^baby,? it'?s cold outside\b"),
        Rule(
            "album",
            f"{_CHRISTMAS}|{_CHRISTMAS_SCRIPTS}|{_CAROLS}",
            rf"{_SAMPLER}|\bmr\.? lawrence\b|\bnightmare before\b|christmas island",
        ),
        Rule("album", r"^noël(?: \(|$)"),
        Rule("artists", r"\bchristmas (?:songs?|music|piano|carols?|choir|hits|jazz|classics)\b"),
    ),
    "NEW_YEAR": (
        Rule("title", r"\bauld lang syne\b|\bhappy new year\b|\bnew year'?s eve\b"),
        Rule("title", r"\b(?:feliz año nuevo|feliz ano novo|bonne année|gott nytt år)\b"),
        Rule("title", r"\b(?:с новым годом|новогодн\w*)\b"),
    ),
    "LUNAR_NEW_YEAR": (
        Rule("title", r"恭喜发财|恭喜發財|恭喜恭喜|新年|賀年|贺年|拜年|过年|過年|迎春|\bgong xi\b"),
        Rule("title", r"\bchinese new year\b|\bgong xi fa cai\b"),
        Rule("album", r"恭喜发财|恭喜發財|賀歲|贺岁|新年|\bchinese new year\b"),
    ),
    "RAMADAN": (
        Rule(
            "title", r"\b(?:hari raya|aidil ?fitri|idul ?fitri|lebaran|ramadh?an|ramzan|syawal)\b"
        ),
        Rule("title", r"\beid mubarak\b|رمضان|عيد الفطر"),
    ),
    "EASTER": (
        Rule("title", r"\b(?:happy easter|easter (?:bunny|parade|song|eggs?)|osterhase\w*)\b"),
        Rule("title", r"\b(?:felices pascuas|feliz páscoa)\b"),
    ),
    "HALLOWEEN": (
        Rule("title", r"\bhallowe'?en\b|\btrick or treat\b|\bmonster mash\b|\bdía de muertos\b"),
        Rule("title", r"\bspooky,? scary skeletons\b|\bdia das bruxas\b|ハロウィン|할로윈|万圣节"),
    ),
    "CHILDREN": (
        Rule("title", f"{_CHILDREN}|{_CHILDREN_SCRIPTS}"),
        Rule(
            "title", r"\bbaby shark\b|^twinkle,? twinkle,? little star|^(?:the )?wheels on the bus"
        ),
        Rule("album", f"{_CHILDREN}|{_CHILDREN_SCRIPTS}", r"\b20\d\d\b"),
        Rule("artists", _CHILDREN_ARTISTS),
    ),
    "LIVE": (
        Rule(
            "additions",
            _LIVE,
            r"\b(?:to|long|we|you|i|they|gotta|and|que|al rojo|rojo) (?:live|vivo)\b"
            r"|\blive (?:and|forever|it|your?|my|like|life|a little|for|\w+ mix|\w+ edit)\b",
        ),
        Rule("base", r"^live (?:at|in|from) the \w+"),
        Rule("album", r"^live (?:at|in|from|on)\b|[(\[-] ?live\b|\blive (?:at|in|from) the\b"),
        Rule("album", r"\b(?:ao vivo|en vivo|en directo|unplugged|in concert|dal vivo)\b"),
    ),
    "KARAOKE": (
        Rule("title", _KARAOKE, r"^karaoke$"),
        Rule("album", _COVERS, r"^karaoke$"),
        Rule("artists", _COVER_ARTISTS),
    ),
    "INSTRUMENTAL": (
        Rule("additions", r"\binstrumental\w*|\binst\.|伴奏|インスト(?:ゥルメンタル)?"),
        Rule("additions", r"\bbackground score\b|\bkaraoke\b"),
    ),
    "SPEED": (
        Rule(
            "additions", r"\b(?:sped|speed|speeded)[- ]?up\b|\bslowed\b|\bnightcore\b|\bdaycore\b"
        ),
        Rule("additions", r"\bslow(?:ed)? ?(?:\+|&|and|n) ?reverb|\b8d(?: audio)?\b|\bscrewed\b"),
        Rule("artists", r"(?:^|;)(?:speed radio|slowed radio|nightcore[^;]*|sped up [^;]*)(?:;|$)"),
    ),
    "SPOKEN": (
        Rule("title", r"\b(?:audiobook|hörbuch|hörspiel|podcast|livre audio)\b|^interview with\b"),
        Rule("additions", r"\b(?:interview|commentary|spoken|speech|kommentar)\b"),
        Rule("album", r"\b(?:hörspiel|hörbuch|audiobook|audio commentary|stand-?up comedy)\b"),
    ),
    "NOISE": (
        Rule("title", r"\b(?:white|brown|pink) noise\b.*\b(?:sleep|baby|babies|loop|fan|relax)"),
        Rule("title", r"\bloopable\b|\bbinaural beats?\b|\bisochronic\b|\basmr\b"),
        Rule("title", r"\brain sounds?\b|\bsounds? for sleep"),
        Rule("title", r"\b(?:174|285|396|417|528|639|741|852|888|963) ?hz\b"),
        Rule("artists", _SLEEP_SOUNDS),
        Rule(
            "album", r"\bbinaural beats\b|\bsolfeggio\b|\bsounds? (?:for|to) sleep|\bsleep sounds\b"
        ),
    ),
    "SKIT": (Rule("additions", r"\bskit\b"), Rule("base", r"^skit(?: \d+)?$")),
    "FRAGMENT": (
        Rule(
            "base", r"^(?:the )?(?:intro|outro|interlude|prelude|skit|intermission)\b ?(?:\d+|:|$)"
        ),
        Rule(
            "title",
            r"\b(?:intro|outro|interlude|interlúdio|interludio|skit|vinheta)[)\]]?$|^vinheta\b",
        ),
        Rule("title", r"[(\[-] ?(?:intro|outro|interlude|interlúdio)\b"),
    ),
    "VERSION": (
        Rule("additions", r"\b(?:remix|mix|edit|demo|reprise|acoustic|acústico|acoustique|rmx)\b"),
    ),
}
"""Kind -> what marks a song as one."""

GENRES: dict[str, str] = {
    "CHRISTMAS": r"\b(?:christmas|xmas|navidad|villancicos?|natal|noël|weihnacht\w*)\b",
    "HALLOWEEN": r"\bhalloween\b",
    "CHILDREN": r"\b(?:kids?|child|children\S*|lullab\w+|nursery|kinderlieder|infantil)\b",
    "KARAOKE": r"\bkaraoke\b",
    "SPEED": r"\bnightcore\b",
    "SPOKEN": r"\b(?:comedy|audiobooks?|podcasts?|speech|spoken[- ]word|hörspiel|poetry)\b",
    "NOISE": r"^(?:asmr|nature[ -]sounds|rain|sleep|sound[ -]effects|white[ -]noise)$",
}
"""Kind -> genres whose songs are of it."""
