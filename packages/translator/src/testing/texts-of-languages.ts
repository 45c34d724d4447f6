/** The same in languages that vocabularies know more or less well. */
export const textsOfLanguages: Record<string, string> = {
  French:
    "L’histoire du phare commence bien avant l’électricité. Chaque nuit, les gardiens montaient l’escalier avec de l’huile et une mèche, et ils notaient dans un registre ce que le temps avait fait aux vitres. Où êtes-vous allés après l’été dernier ?",
  Spanish:
    "La historia del faro empieza mucho antes de la electricidad. Los guardianes subían cada noche las escaleras con aceite y mecha, y anotaban en un libro lo que el tiempo había hecho con el cristal. ¿Dónde están los demás señores?",
  Italian:
    "La storia del faro comincia molto prima dell'elettricità. I guardiani salivano ogni notte le scale con olio e stoppino e annotavano in un registro che cosa il tempo avesse fatto al vetro. Perché nessuno è più tornato?",
  Polish:
    "Historia latarni morskiej zaczyna się na długo przed elektrycznością. Latarnicy co noc wspinali się po schodach z olejem i knotem i zapisywali w księdze, co pogoda zrobiła ze szkłem. Dlaczego nikt już nie wrócił?",
  Czech:
    "Historie majáku začíná dlouho před elektřinou. Strážci každou noc stoupali po schodech s olejem a knotem a zapisovali do knihy, co počasí udělalo se sklem. Proč se už nikdo nevrátil?",
  Turkish:
    "Deniz fenerinin tarihi elektrikten çok önce başlar. Bekçiler her gece yağ ve fitille merdivenleri çıkar, havanın cama ne yaptığını bir deftere yazardı. Neden artık kimse geri dönmedi?",
  Dutch:
    "De geschiedenis van de vuurtoren begint lang voor de elektriciteit. De wachters klommen elke nacht met olie en lont de trap op en schreven in een boek wat het weer met het glas had gedaan.",
  Vietnamese:
    "Lịch sử của ngọn hải đăng bắt đầu từ rất lâu trước khi có điện. Những người gác đèn mỗi đêm leo lên cầu thang với dầu và bấc, rồi ghi vào sổ những gì thời tiết đã làm với tấm kính.",
  Ukrainian:
    "Історія маяка починається задовго до електрики. Доглядачі щоночі піднімалися сходами з олією та ґнотом і записували в книгу, що погода зробила зі склом.",
  Greek:
    "Η ιστορία του φάρου αρχίζει πολύ πριν από τον ηλεκτρισμό. Οι φύλακες ανέβαιναν κάθε νύχτα τις σκάλες με λάδι και φιτίλι.",
  Arabic:
    "يبدأ تاريخ المنارة قبل الكهرباء بوقت طويل. كان الحراس يصعدون الدرج كل ليلة بالزيت والفتيل ويكتبون في دفتر ما فعله الطقس بالزجاج.",
  Hebrew:
    "ההיסטוריה של המגדלור מתחילה הרבה לפני החשמל. השומרים עלו בכל לילה במדרגות עם שמן ופתיל ורשמו בספר מה עשה מזג האוויר לזכוכית.",
  Hindi:
    "प्रकाशस्तंभ का इतिहास बिजली से बहुत पहले शुरू होता है। रखवाले हर रात तेल और बत्ती लेकर सीढ़ियाँ चढ़ते थे और एक बही में लिखते थे कि मौसम ने काँच के साथ क्या किया।",
  Thai: "ประวัติศาสตร์ของประภาคารเริ่มต้นขึ้นนานก่อนจะมีไฟฟ้า ผู้ดูแลปีนบันไดทุกคืนพร้อมน้ำมันและไส้ตะเกียง",
};
